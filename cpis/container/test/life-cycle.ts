import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@boti/core';
import type { TestCloud } from './test-cloud.ts';

interface Scene {
  readonly cloud: TestCloud;
  readonly stemcell: unknown;
  /** Answers the VM's cid. */
  readonly createVm: (agent: string, host: number, properties?: object) => Promise<unknown>;
}

const env = { bosh: { mbus: { cert: { ca: 'c', certificate: 'x', private_key: 'y' } } } };

export async function lifeCycleScene(cloud: TestCloud): Promise<Scene> {
  const stemcell = await cloud.call('create_stemcell', cloud.image, {});
  const createVm: Scene['createVm'] = async (agent, host, properties = {}) =>
    ((await cloud.call('create_vm', agent, stemcell, properties, cloud.network(host), [], env)) as unknown[])[0];
  return { cloud, stemcell, createVm };
}

/** What VMs, disks and stemcells of this cloud do, by whichever way it is called. */
export const lifeCycle: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'a VM has its limits, its address, its own disk and its settings': async ({ cloud, createVm }) => {
    const cid = await createVm('agent-limits', 10, { cpu: 0.5, ram: 128, disk: 80 });

    assert.equal(await cloud.call('has_vm', cid), true);
    const inside = await cloud.inVm(
      cid,
      'ip addr show eth0; ip route; hostname; df -m /var/vcap/data /; cat /etc/resolv.conf /var/vcap/bosh/warden-cpi-agent-env.json; stat -c %a /var/vcap/data',
    );
    assert.match(inside, /inet 10\.249\.\d+\.10\/24/);
    assert.match(inside, /default via 10\.249\.\d+\.1/);
    assert.match(inside, /agent-limits/);
    assert.match(inside, /nameserver 8\.8\.8\.8/);
    assert.match(inside, /"mbus":"nats:\/\/10\.0\.0\.1:4222"/);
    assert.match(inside, /"preconfigured":true/);
    assert.match(inside, /750\n$/);
    await runCommand('busybox', ['ping', '-c1', '-W2', cloud.ip(10)]);
    const group = (await readFile(join(cloud.stateDir, 'vms', String(cid), 'config.json'), 'utf8')).match(
      /"cgroupsPath":"([^"]+)"/,
    )?.[1];
    assert.equal(
      (await readFile(`/sys/fs/cgroup/memory${group}/memory.limit_in_bytes`, 'utf8')).trim(),
      `${128 * 2 ** 20}`,
    );
    assert.equal((await readFile(`/sys/fs/cgroup/cpu${group}/cpu.cfs_quota_us`, 'utf8')).trim(), '50000');

    await cloud.call('delete_vm', cid);
    assert.equal(await cloud.call('has_vm', cid), false);
  },

  "VMs reach each other, and a full disk is the VM's own": async ({ cloud, createVm }) => {
    const [a, b] = [await createVm('agent-a', 11), await createVm('agent-b', 12, { disk: 16 })];

    await cloud.inVm(a, `ping -c1 -W2 ${cloud.ip(12)}`);
    await assert.rejects(cloud.inVm(b, 'dd if=/dev/zero of=/var/vcap/data/big bs=1M count=40'), /No space left/);

    await cloud.call('delete_vm', a);
    await cloud.call('delete_vm', b);
  },

  'a persistent disk keeps its data from VM to VM, grows, and is snapshot': async ({ cloud, createVm }) => {
    const first = await createVm('agent-first', 20);
    const disk = await cloud.call('create_disk', 32, {}, first);
    const { path } = (await cloud.call('attach_disk', first, disk)) as { path: string };
    assert.deepEqual(await cloud.call('attach_disk', first, disk), { path });
    assert.deepEqual(await cloud.call('get_disks', first), [disk]);
    const settings = await cloud.inVm(
      first,
      `mount ${path} /tmp && echo precious > /tmp/data && cat /var/vcap/bosh/warden-cpi-agent-env.json`,
    );
    assert.match(settings, new RegExp(`"persistent":{"${disk}":{"path":"${path}"}}`));

    const snapshot = await cloud.call('snapshot_disk', disk, {});
    await cloud.inVm(first, 'echo more > /tmp/data; umount /tmp');
    await cloud.call('detach_disk', first, disk);
    await assert.rejects(cloud.call('detach_disk', first, disk), { type: 'Bosh::Clouds::DiskNotAttached' });
    await cloud.call('resize_disk', disk, 64);
    await assert.rejects(cloud.call('resize_disk', disk, 8), { type: 'Bosh::Clouds::NotSupported' });
    await cloud.call('delete_vm', first);

    const second = await createVm('agent-second', 20);
    await cloud.call('attach_disk', second, disk);
    const found = await cloud.inVm(second, `mount ${path} /tmp && cat /tmp/data && df -m /tmp`);
    assert.match(found, /more/);
    assert.match(found, / 5\d /);
    await assert.rejects(cloud.call('delete_disk', disk), /attached to VM/);
    await cloud.call('delete_vm', second);
    await cloud.call('delete_snapshot', snapshot);
    await cloud.call('delete_disk', disk);
    await cloud.call('delete_disk', disk);
    assert.equal(await cloud.call('has_disk', disk), false);
  },

  'a rebooted VM has its files, its address and its disks': async ({ cloud, createVm }) => {
    const cid = await createVm('agent-reboot', 30);
    const disk = await cloud.call('create_disk', 16, {}, null);
    await cloud.call('attach_disk', cid, disk);
    await cloud.inVm(cid, 'touch /var/vcap/data/kept /root/kept');

    await cloud.call('reboot_vm', cid);

    await cloud.inVm(cid, `ls /var/vcap/data/kept /root/kept && mount /dev/bosh-${disk} /tmp`);
    await runCommand('busybox', ['ping', '-c1', '-W2', cloud.ip(30)]);
    assert.match(String(await cloud.call('console_log', cid)), /booted with -P \/etc\/service[\s\S]*bye[\s\S]*booted/);
    await cloud.call('delete_vm', cid);
    await cloud.call('delete_disk', disk);
  },

  'what does not exist, is in use or is wrong is said': async ({ cloud, stemcell, createVm }) => {
    const cid = await createVm('agent-errors', 40);

    await assert.rejects(createVm('agent-other', 40), /IP address 10\.249\.\d+\.40 is in use by VM 'vm-agent-errors'/);
    await assert.rejects(createVm('agent-other', 41, { ram: 'lots' }), { type: 'Bosh::Clouds::CpiError' });
    await assert.rejects(cloud.call('attach_disk', 'vm-gone', 'disk-gone'), { type: 'Bosh::Clouds::VMNotFound' });
    await assert.rejects(cloud.call('attach_disk', cid, 'disk-gone'), { type: 'Bosh::Clouds::DiskNotFound' });
    await assert.rejects(cloud.call('delete_stemcell', stemcell), /in use by VM/);
    await assert.rejects(cloud.call('create_stemcell', '/bin/busybox', {}), /cannot be unpacked/);
    await assert.rejects(
      cloud.call('create_vm', 'a', 'stemcell-gone', {}, cloud.network(42), [], {}),
      /Stemcell 'stemcell-gone' does not exist/,
    );
    await cloud.call('delete_vm', cid);
    await cloud.call('delete_vm', cid);
    assert.deepEqual(await readdir(join(cloud.stateDir, 'vms')), []);
  },

  'a network that this machine has elsewhere is refused, even where nobody is on it': async ({ cloud, stemcell }) => {
    const elsewhere = `${cloud.bridge}x`;
    const ip = cloud.ip(5).replace('10.249.', '10.250.');
    const network = { default: { type: 'manual', ip, netmask: '255.255.255.0', gateway: ip.replace(/5$/, '1') } };
    await runCommand('ip', ['link', 'add', elsewhere, 'type', 'bridge']);
    try {
      await runCommand('ip', ['addr', 'add', `${ip}/24`, 'dev', elsewhere]);
      await runCommand('ip', ['link', 'set', elsewhere, 'up']);

      const creating = cloud.call('create_vm', 'agent-overlap', stemcell, {}, network, [], {});
      await assert.rejects(creating, new RegExp(`overlaps with ${elsewhere}`));
    } finally {
      await runCommand('ip', ['link', 'del', elsewhere]);
    }
  },

  'create_vm with the same agent id replaces the VM, and its creation can be found': async ({ cloud, createVm }) => {
    await createVm('agent-twice', 50);
    const cid = await createVm('agent-twice', 51);

    assert.deepEqual(((await cloud.call('list')) as { vms: unknown }).vms, [cid]);
    assert.equal(await cloud.call('find_creation', 'agent-twice'), cid);
    await cloud.call('delete_vm', cid);
    assert.equal(await cloud.call('find_creation', 'agent-twice'), null);
  },

  'version 1 answers create_vm with a text and attach_disk with nothing': async ({ cloud, stemcell }) => {
    const { result: cid } = await cloud.answer('create_vm', ['agent-v1', stemcell, {}, cloud.network(60), [], {}], 1);
    const disk = await cloud.call('create_disk', 16, {}, null);

    assert.equal(cid, 'vm-agent-v1');
    assert.deepEqual((await cloud.answer('attach_disk', [cid, disk], 1)).result, null);
    await cloud.call('delete_vm', cid);
    await cloud.call('delete_disk', disk);
  },

  'stop takes everything down but files, start brings it back, cleanup leaves nothing': async ({ cloud, createVm }) => {
    const cid = await createVm('agent-down', 70);
    const disk = await cloud.call('create_disk', 16, {}, null);
    await cloud.call('attach_disk', cid, disk);

    await cloud.command('stop');
    assert.deepEqual(await cloud.remains(), []);

    await cloud.command('start');
    await cloud.inVm(cid, `mount /dev/bosh-${disk} /tmp`);

    const report = await cloud.command('cleanup');
    assert.match(report, /removed VM vm-agent-down[\s\S]*removed bridge botitest/);
    assert.deepEqual(await cloud.remains(), []);
    assert.deepEqual(await readdir(cloud.stateDir), []);
  },
};
