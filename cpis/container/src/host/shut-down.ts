import { readdir, rm } from 'node:fs/promises';
import { messageOf, runCommand, tryCommand, type VmCid } from '@boti/core';
import { removeCgroup } from './cgroup.ts';
import type { HostContext } from './host-context.ts';
import { loopDevices } from './loop-devices.ts';
import { mountPoints } from './vm-filesystem.ts';
import { removeBridges } from './vm-network.ts';
import { findVmRecord, vmCids, vmPaths } from './vm-record.ts';
import { halt, removeVm, startAgain } from './vms.ts';

type Report = (line: string) => void;

/** Ends every VM and takes away all that is not a file: `startAll` brings them back as they were. */
export async function stopAll(host: HostContext, report: Report): Promise<void> {
  await host.journal.reap();
  for (const cid of await vmCids(host.state)) {
    await halt(host, cid);
    report(`stopped VM ${cid}`);
  }
  await removeRemains(host, report);
}

/** Starts every VM that does not run. One that cannot start is reported and does not stop the others. */
export async function startAll(host: HostContext, report: Report): Promise<void> {
  await host.journal.reap();
  for (const cid of await vmCids(host.state)) {
    const record = await findVmRecord(host.state, cid);
    if (record === undefined || (await runs(host, cid))) continue;
    try {
      await host.locks.run(`vm-${cid}`, () => startAgain(host, record), host.signal);
      report(`started VM ${cid}`);
    } catch (error) {
      report(`VM ${cid} cannot be started: ${messageOf(error)}`);
    }
  }
}

async function runs({ state, runtime }: HostContext, cid: VmCid): Promise<boolean> {
  return (await runtime.pid(vmPaths(state, cid).name)) !== undefined;
}

/** Removes everything this cloud has ever made: VMs, disks, snapshots, stemcells, bridge. */
export async function removeAll(host: HostContext, report: Report): Promise<void> {
  for (const cid of await vmCids(host.state)) {
    await removeVm(host, cid);
    report(`removed VM ${cid}`);
  }
  await removeRemains(host, report);
  const { root, disks, snapshots, stemcells } = host.state;
  for (const [what, dir] of Object.entries({ disks, snapshots, stemcells })) {
    const files = await readdir(dir);
    if (files.length > 0) report(`removed ${what} ${files.filter((name) => !name.endsWith('.json')).join(' ')}`);
  }
  for (const name of await readdir(root)) await rm(`${root}/${name}`, { recursive: true, force: true });
}

/** Mounts, loop devices, bridges and control groups that belong to no VM any more. */
async function removeRemains(host: HostContext, report: Report): Promise<void> {
  const { state } = host;
  const mounts = [...(await mountPoints())].filter((path) => path.startsWith(`${state.root}/`));
  for (const path of mounts.toReversed()) {
    await runCommand('umount', ['--lazy', path]);
    report(`unmounted ${path}`);
  }
  for (const { name, file } of await loopDevices()) {
    if (!file.startsWith(`${state.root}/`)) continue;
    await tryCommand('losetup', ['--detach', name]);
    report(`freed ${name} (${file})`);
  }
  for (const bridge of await removeBridges(state)) report(`removed bridge ${bridge}`);
  await removeCgroup(state);
}
