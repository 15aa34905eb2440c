import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { runCommand } from '@boti/core';
import { writeTestStemcell } from './artifacts.ts';
import { healthyCpi } from './cpi-answers.ts';
import { failureOf } from './failure-text.ts';
import { readBriefState } from './recorded.ts';
import { aManifest, openScene } from './scene.ts';
import { answer, failure } from './scripted-cpi.ts';

const scene = await openScene();
after(() => scene[Symbol.asyncDispose]());
const manifest = aManifest(scene);
beforeEach(async () => {
  await rm(scene.statePath, { force: true });
  await scene.cpi.script(healthyCpi());
  scene.agent.script({});
});

const create = (): Promise<unknown> => scene.run({ args: ['create-env'], manifest });

async function methods(): Promise<readonly string[]> {
  return (await scene.cpi.requests()).map(({ method }) => method).filter((method) => method !== 'info');
}

const damaged = {
  '{bad': 'not JSON',
  '': 'not JSON',
  '[]': 'damaged',
  '{"current_vm_cid": 7}': "'current_vm_cid'",
  '{"current_vm_cid": "vm-1"}': "'director_id' is missing",
  '{"director_id": "d", "current_disk_id": "gone", "disks": []}': "'current_disk_id' is 'gone'",
  '{"director_id": "d", "disks": [{"id": "x", "size": 1}]}': "'disks.0.cid'",
};

for (const [content, names] of Object.entries(damaged)) {
  test(`a damaged state file (${content}) is refused and left as it is`, async () => {
    await writeFile(scene.statePath, content);

    const message = await failureOf(create);

    assert.ok(message.includes(names), message);
    assert.ok(message.includes(scene.statePath));
    assert.equal(await readFile(scene.statePath, 'utf8'), content);
    assert.deepEqual(await methods(), []);
  });
}

test("another environment's state file: nothing is deleted, nothing made", async () => {
  await create();
  const before = await readFile(scene.statePath, 'utf8');
  await scene.cpi.script(healthyCpi({ has_vm: answer(false), has_disk: answer(false) }));

  const message = await failureOf(() => scene.run({ args: ['create-env', '--recreate'], manifest }));

  assert.match(message, /knows neither VM 'vm-1' nor disk 'disk-1'/);
  assert.match(message, /state file of another environment/);
  assert.deepEqual(await methods(), ['has_vm', 'has_disk']);
  const after = await readBriefState(scene.statePath);
  assert.deepEqual([after?.vm, after?.disk], ['vm-1', 'disk-1']);
  assert.ok(before.includes('vm-1'));
});

test('a stemcell in a format that the CPI does not take is refused before it is uploaded', async () => {
  await writeTestStemcell(join(scene.dir, 'other.tgz'), { version: '9', formats: ['openstack-raw'] });

  const message = await failureOf(() =>
    scene.run({ args: ['create-env'], manifest: manifest.replace('sc1.tgz', 'other.tgz') }),
  );

  assert.match(message, /does not accept stemcell 'tiny-stemcell\/9'/);
  assert.match(message, /openstack-raw.*dummy/s);
  assert.deepEqual(await methods(), []);
});

test('a CPI that crashes, prints rubbish or answers nothing is told with its own words', async () => {
  const cases = [
    { reply: { output: '', exitCode: 3 }, names: ['exit code 3', 'cpi stderr'] },
    { reply: 'rubbish\n', names: ['no valid response', 'rubbish'] },
    { reply: '{"result": null}', names: ['no valid response'] },
    { reply: failure('Bosh::Clouds::CloudError', 'quota'), names: ['Bosh::Clouds::CloudError', 'quota'] },
  ];
  for (const { reply, names } of cases) {
    await rm(scene.statePath, { force: true });
    await scene.cpi.script(healthyCpi({ create_vm: reply }));

    const message = await failureOf(create);

    for (const name of [...names, 'create_vm', "Creating instance 'bosh/0'"])
      assert.ok(message.includes(name), message);
    assert.equal((await readBriefState(scene.statePath))?.vm, '');
  }
});

test('a CPI that never ends is given up after its deadline', async () => {
  await writeFile(join(scene.cpi.dir, 'replies/create_vm.sh'), 'sleep 600\n');

  const message = await failureOf(() =>
    scene.run({ args: ['create-env'], manifest, options: { cpiDeadlines: { create_vm: 300 } } }),
  );

  assert.match(message, /did not end within 0\.3 s.*create_vm/s);
});

test('what a CPI was asked for when it broke off is looked for and removed by the next run', async () => {
  await scene.cpi.script(healthyCpi({ create_vm: 'rubbish\n' }));
  await failureOf(create);
  const { boti_creations: left } = JSON.parse(await readFile(scene.statePath, 'utf8')) as {
    boti_creations: readonly { readonly id: string; readonly kind: string }[];
  };
  assert.deepEqual(
    left.map(({ kind }) => kind),
    ['vm'],
  );
  await scene.cpi.script(healthyCpi({ find_creation: answer('vm-lost'), create_vm: answer(['vm-2', {}]) }));

  await create();

  const requests = await scene.cpi.requests();
  const found = requests.find(({ method }) => method === 'find_creation');
  assert.deepEqual(found?.arguments, [left[0]?.id]);
  assert.ok(requests.some(({ method, arguments: [cid] }) => method === 'delete_vm' && cid === 'vm-lost'));
  assert.doesNotMatch(await readFile(scene.statePath, 'utf8'), /boti_creations/);
});

test('a CPI that keeps no journal: the possible orphan is named', async () => {
  await scene.cpi.script(healthyCpi({ create_vm: 'rubbish\n' }));
  await failureOf(create);
  await scene.cpi.script(healthyCpi());

  await create();

  assert.match(scene.remarks.join('\n'), /A VM whose agent id is '.*' may be left on the cloud/);
});

test('Ctrl-C leaves a state that the next run goes on from, and says so', async () => {
  const abort = new AbortController();
  scene.agent.script({
    onRequest: (method) => void (method === 'mount_disk' && abort.abort(new Error('Interrupted'))),
  });

  const message = await failureOf(() => scene.run({ args: ['create-env'], manifest, signal: abort.signal }));

  assert.match(message, /^Interrupted Hint: What was reached is in '.*m-state\.json'; run the same command again/);
  const { vm, disks, deployed } = (await readBriefState(scene.statePath)) ?? {};
  assert.deepEqual(
    { vm, disks, deployed },
    { vm: 'vm-1', disks: [['disk-1', 1024, { type: 'ssd' }]], deployed: false },
  );
  scene.agent.script({});
  await create();
  assert.equal((await readBriefState(scene.statePath))?.deployed, true);
});

test('two commands at once: the second says that the first is at work', async () => {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<string>();
  scene.agent.script({
    onRequest: (method) => {
      if (method !== 'start') return;
      void failureOf(() => scene.run({ args: ['delete-env'], manifest })).then(second.resolve, second.reject);
      first.resolve();
    },
  });

  await create();

  await first.promise;
  assert.match(await second.promise, /Another command is working on the environment/);
});

test('a full disk of this machine is named, and the state stays whole', async (t) => {
  const small = join(scene.dir, 'small');
  await mkdir(small, { recursive: true });
  await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', small]);
  t.after(() => runCommand('umount', [small]));

  const message = await failureOf(() =>
    scene.run({
      args: ['create-env'],
      manifest,
      options: { places: { bosh: small, compiledPackages: join(scene.dir, 'cache-full') } },
    }),
  );

  assert.match(message, /ENOSPC|no space left|No room/i);
  const state = await readBriefState(scene.statePath);
  assert.deepEqual(state?.vm, '');
});

test('a state file that cannot be saved is told with its path, and the old one stays', async (t) => {
  const small = join(scene.dir, 'small-state');
  await mkdir(small, { recursive: true });
  await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', small]);
  t.after(() => runCommand('umount', [small]));
  const statePath = join(small, 'state.json');
  const state = '{"director_id": "d", "installation_id": "i"}';
  await writeFile(statePath, state);
  await writeFile(join(small, 'fill'), Buffer.alloc(4096));

  const message = await failureOf(() => scene.run({ args: ['create-env'], manifest, options: { statePath } }));

  assert.ok(message.includes(statePath), message);
  assert.match(message, /ENOSPC/);
  assert.equal(await readFile(statePath, 'utf8'), state);
});

test('a poisoned entry in the cache of compiled packages is thrown away and built again', async () => {
  const compiledPackages = join(scene.dir, 'poisoned');
  const options = { places: { bosh: join(scene.dir, '.bosh'), compiledPackages } };
  await scene.run({ args: ['create-env'], manifest, options });
  const { stdout } = await runCommand('find', [compiledPackages, '-name', 'cpipkg-*.tgz']);
  const entry = stdout.trim();
  const good = await readFile(entry);
  await writeFile(entry, Buffer.from('poison'));

  await scene.run({ args: ['create-env', '--recreate'], manifest, options });

  assert.notEqual((await readFile(entry)).toString(), 'poison');
  assert.ok(good.length > 20);
});

test('a disk that the agent does not find is told with the hint that the CPI gave', async () => {
  scene.agent.script({ error: { mount_disk: 'Timed out getting real device path for /dev/sdc' }, error_in_task: true });

  const message = await failureOf(create);

  assert.match(message, /Mounting disk 'disk-1', which the CPI has attached as \{"path":"\/dev\/sdc"\}/);
  assert.match(message, /Timed out getting real device path/);
  assert.match(message, /attach_disk/);
});

test('an agent without blobstore: where to give it one', async () => {
  scene.agent.script({
    error: { compile_package: 'Uploading compiled package: This VM has no blobstore' },
    error_in_task: true,
  });

  const message = await failureOf(create);

  assert.match(message, /Compiling package 'base'/);
  assert.match(message, /Hint: Give the VM one: cloud_provider\.properties\.blobstore/);
});
