import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { allAddresses } from '../src/networks/address-store.ts';
import { deleteDeploymentTask } from '../src/tasks/task-kinds.ts';
import { errorOf, stagesOf, startDeployLab, succeeded, webManifest, webRelease } from './support/deploy-lab.ts';

// One Director for the whole file, with nothing deployed until the last test.
const lab = await startDeployLab({ after }, ({ cpi }) => ({
  agentWaitSeconds: 2,
  cpi: { ...cpi, deadlines: { create_disk: 1 } },
}));
succeeded(await lab.uploadRelease(webRelease));

const quick = webManifest.replaceAll('10-5000', '10-300').replace('instances: 2', 'instances: 1');
const one = quick.slice(0, quick.indexOf('- name: smoke'));

const faultyManifests = [
  {
    what: 'an unknown release',
    manifest: webManifest
      .replaceAll('release: web', 'release: wob')
      .replace('{name: web, version', '{name: wob, version'),
    code: 30005,
    message: /Release 'wob' doesn't exist/,
    stages: [],
  },
  {
    what: 'an unknown job',
    manifest: webManifest.replace('name: server, release', 'name: sorver, release'),
    code: 140029,
    message: /'sorver'/,
    stages: [],
  },
  {
    what: 'an unknown stemcell',
    manifest: webManifest.replace('os: sim-os', 'os: sum-os'),
    code: 50003,
    message: /sum-os/,
    stages: ['Preparing deployment'],
  },
  {
    what: 'properties that are no mapping',
    manifest: webManifest.replace('properties: {greeting: hi}', 'properties: hi'),
    code: 40000,
    message: /properties/,
    stages: [],
  },
  {
    what: 'an instance count that is no number',
    manifest: webManifest.replace('instances: 2', 'instances: two'),
    code: 40000,
    message: /instances/,
    stages: [],
  },
  {
    what: 'an unknown VM type',
    manifest: webManifest.replace('vm_type: small', 'vm_type: smoll'),
    code: 140004,
    message: /smoll/,
    stages: [],
  },
] as const;

for (const { what, manifest, code, message, stages } of faultyManifests) {
  test(`${what} is told before anything is made`, async () => {
    const task = await lab.deploy(manifest);

    assert.equal(task.state, 'error');
    assert.equal(errorOf(task).code, code);
    assert.match(errorOf(task).message, message);
    assert.deepEqual(stagesOf(task), stages);
    assert.deepEqual(await allAddresses(lab.database), []);
  });
}

test('templates that raise are all told at once, by group, job and line, and keep no address from others', async () => {
  const task = await lab.deploy(webManifest.replace('greeting: hi', 'greeting: hi, broken: both'));

  const { message } = errorOf(task);
  assert.match(message, /instance group 'server'.*job 'server'.*template 'config.erb' \(line 2: both\)/s);
  assert.match(message, /Error filling in template 'other.erb' \(line 1: both\)/);
  assert.deepEqual(await allAddresses(lab.database), []);
});

test('a package that does not compile fails with the end of its log, and its VM is gone', async () => {
  await lab.break({ action: 'compile_package', exception: 'make: *** [all] Error 2' });

  const task = await lab.deploy(one);

  assert.equal(errorOf(task).code, 450001);
  assert.match(errorOf(task).message, /make: \*\*\* \[all\] Error 2/);
  await nothingIsLeft();
});

test('a CPI that fails says so in its own words, and nothing is left', async () => {
  await lab.break({ method: 'create_vm', error: { message: 'the quota is used up' } });

  const task = await lab.deploy(one);

  assert.match(errorOf(task).message, /the quota is used up.*create_vm/);
  await nothingIsLeft();
});

test('a creation that may be tried again is, and one that lied leaves nothing', async () => {
  const failure = { type: 'VMCreationFailed', message: 'no room', okToRetry: true };
  await lab.break(
    { method: 'create_vm', times: 2, error: failure },
    { method: 'create_disk', late: true, error: { message: 'lost' } },
  );

  const task = await lab.deploy(one);

  assert.match(errorOf(task).message, /lost/);
  assert.equal((await lab.cloud()).vms.length, 1);
  assert.deepEqual((await lab.cloud()).disks, []);
});

test('a CPI that hangs is given up, and what it may have made is looked for', async () => {
  await lab.break({ method: 'create_disk', hang: true });

  const task = await lab.deploy(one);

  assert.match(errorOf(task).message, /did not answer within 1 s in 'create_disk'/);
  const { rows } = await lab.database.query<{ kind: string }>('select kind from cloud_creations');
  assert.deepEqual(rows, [{ kind: 'disk' }]);
});

test('an agent that never answers is explained, and its VM is gone', async () => {
  await removeInstances();
  await lab.break({ action: 'ping', hang: true });

  const task = await lab.deploy(one);

  const { message, hint } = errorOf(task);
  assert.match(message, /Timed out .*'ping'/);
  assert.match(message, /The CPI says that VM 'sim-vm-.*' of server\/.* exists/);
  assert.match(message, /Its agent '.*' is on the message bus, but does not answer/);
  assert.match(message, /console/);
  assert.match(hint ?? '', /message bus/);
  assert.deepEqual((await lab.cloud()).vms, []);
});

test('a job that never comes up is named, with the end of its logs', async () => {
  const state = { job_state: 'failing', processes: [{ name: 'server', state: 'failing' }] };
  await lab.break({ action: 'get_state', value: state });

  const task = await lab.deploy(one);

  const { code, message } = errorOf(task);
  assert.equal(code, 400007);
  assert.match(message, /'server\/.* \(0\)' is not running after update. Review logs for failed jobs: server/);
  assert.match(message, /simulated-agent.log:\n {2}/);
});

test('after all of it, a deploy converges', async () => {
  await lab.break();

  succeeded(await lab.deploy(one));

  const instances = await lab.instances('web');
  const { vms, disks } = await lab.cloud();
  assert.deepEqual(
    vms,
    instances.map(({ vm }) => vm?.cid),
  );
  assert.deepEqual(
    disks,
    instances.flatMap((instance) => instance.disks.map(({ cid }) => cid)),
  );
  assert.deepEqual((await lab.database.query('select 1 from cloud_creations')).rows, []);
});

async function nothingIsLeft(): Promise<void> {
  const { vms, disks } = await lab.cloud();
  assert.deepEqual([vms, disks], [[], []]);
  assert.deepEqual((await lab.database.query('select 1 from cloud_creations')).rows, []);
}

/** The next deploy begins with nothing, but for what is compiled. */
async function removeInstances(): Promise<void> {
  await lab.break();
  succeeded(await lab.run(deleteDeploymentTask, { deployment: 'web', force: false, keepSnapshots: false }, 'web'));
}
