import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { waitFor } from '@boti/testkit';
import type { StoredInstance } from '../src/instances/instance-store.ts';
import { deleteDeploymentTask, updateInstanceTask } from '../src/tasks/task-kinds.ts';
import { cancelTask } from '../src/tasks/task-store.ts';
import {
  errorOf,
  type FinishedTask,
  finished,
  startDeployLab,
  succeeded,
  warningsOf,
  webManifest,
  webRelease,
} from './support/deploy-lab.ts';

// One Director for the whole file: each test goes on from the state that the one before has left.
const lab = await startDeployLab({ after });
succeeded(await lab.uploadRelease(webRelease));

const servers = webManifest.slice(0, webManifest.indexOf('- name: smoke'));
const instances = (): Promise<StoredInstance[]> => lab.instances('web');

test('a deploy that is cancelled while it compiles leaves no VM', async () => {
  await lab.break({ action: 'compile_package', hang: true });
  const id = await lab.begin(servers);
  await event(id, ({ stage }) => stage === 'Compiling packages');
  await waitFor('the compilation VM', async () => (await lab.cloud()).vms.length === 1);

  await cancelTask(lab.database, id);
  const task = await finished(lab.database, id);

  assert.deepEqual([task.state, errorOf(task).code], ['cancelled', 10001]);
  assert.deepEqual((await lab.cloud()).vms, []);
});

test('a deploy that is cancelled while it updates leaves that to the next one', async () => {
  await lab.break({ action: 'apply', match: 'web', after: 3, hang: true });
  const id = await lab.begin(servers);
  await event(id, ({ stage, data }) => stage === 'Updating instance' && data !== undefined);

  await cancelTask(lab.database, id);
  const task = await finished(lab.database, id);
  const between = await instances();
  await lab.break();
  succeeded(await lab.deploy(servers));

  assert.equal(task.state, 'cancelled');
  assert.ok(between.some(({ updateCompleted }) => !updateCompleted));
  assert.ok((await instances()).every(({ updateCompleted }) => updateCompleted));
});

test('a second deploy of the same deployment says who holds the lock', async () => {
  await lab.break({ action: 'prepare', hang: true });
  const first = await lab.begin(servers.replace('greeting: hi', 'greeting: hey'));

  const second = await lab.deploy(servers);
  await cancelTask(lab.database, first);
  await finished(lab.database, first);

  assert.equal(second.state, 'error');
  assert.match(
    errorOf(second).message,
    new RegExp(
      `^Failed to acquire lock for lock:deployment:web uid: \\S+\\. Locking task id is ${first}, description: 'create deployment'$`,
    ),
  );
});

test('an agent that does not answer stops a deploy before anything is touched', async () => {
  const [first] = await instances();
  await silence(first);

  const task = await lab.deploy(servers.replace('greeting: hi', 'greeting: ho'));

  assert.equal(errorOf(task).code, 450002);
  assert.equal(
    errorOf(task).message,
    `Timed out sending 'get_state' to instance: 'server/${first?.uuid}', agent-id: '${first?.vm?.agentId}'`,
  );
  assert.match(errorOf(task).hint ?? '', /--fix/);
});

test('with --fix its VM is replaced, and its disk goes along', async () => {
  const [before] = await instances();

  succeeded(await lab.deploy(servers, { fix: true }));

  const [now] = await instances();
  assert.notEqual(now?.vm?.cid, before?.vm?.cid);
  assert.deepEqual(now?.disks, before?.disks);
  assert.ok(!(await lab.cloud()).vms.includes(before?.vm?.cid as never));
});

test('an instance action with a silent agent wants to be told to ignore it', async () => {
  const [first] = await instances();
  await silence(first);
  const input = {
    deployment: 'web',
    group: 'server',
    instance: '0',
    action: 'recreate',
    skipDrain: false,
    hard: false,
  } as const;

  const refused = await lab.run(updateInstanceTask, { ...input, ignoreUnresponsiveAgent: false }, 'web');
  succeeded(await lab.run(updateInstanceTask, { ...input, ignoreUnresponsiveAgent: true }, 'web'));

  assert.equal(errorOf(refused).code, 450002);
  assert.notEqual((await instances())[0]?.vm?.cid, first?.vm?.cid);
});

test('a deployment with a silent agent is deleted only by force', async () => {
  const [first] = await instances();
  await silence(first);
  const input = { deployment: 'web', keepSnapshots: false };

  const refused = await lab.run(deleteDeploymentTask, { ...input, force: false }, 'web');
  const forced = succeeded(await lab.run(deleteDeploymentTask, { ...input, force: true }, 'web'));

  assert.equal(errorOf(refused).code, 450002);
  assert.match(errorOf(refused).hint ?? '', /--force/);
  assert.deepEqual(warningsOf(forced), []);
  assert.deepEqual((await lab.cloud()).vms, []);
});

test('by force a deployment goes even if the cloud refuses, and what stays there is named', async () => {
  await lab.break();
  succeeded(await lab.deploy(servers));
  const [first] = await instances();
  const cid = first?.vm?.cid ?? '';
  await lab.break({ method: 'delete_vm', match: cid, error: { message: 'the cloud is shut' } });

  const task = await lab.run(deleteDeploymentTask, { deployment: 'web', keepSnapshots: false, force: true }, 'web');
  await lab.break();

  succeeded(task);
  assert.match(
    warningsOf(task).join('\n'),
    new RegExp(`VM '${cid}' of server/.* could not be deleted: .*the cloud is shut`),
  );
  await lab.services.cpis
    .client('')
    .cloud()
    .deleteVm(cid as never);
});

test('deployments that are deployed at the same time share a network without getting in their way', async () => {
  const manifests = ['red', 'green', 'blue'].map((name) =>
    servers
      .replace('name: web\n', `name: ${name}\n`)
      .replace('instances: 2', 'instances: 6')
      .replaceAll('10-5000', '1-5000'),
  );

  const tasks = await Promise.all(manifests.map((manifest) => lab.deploy(manifest)));

  for (const task of tasks) succeeded(task);
  const all = (await Promise.all(['red', 'green', 'blue'].map((name) => lab.instances(name)))).flat();
  const addresses = all.flatMap((instance) => instance.addresses.map(({ address }) => address));
  assert.equal(new Set(addresses).size, 18);
  assert.equal((await lab.cloud()).vms.length, 18);
});

/** The agent answers nothing any more. */
async function silence(instance: StoredInstance | undefined): Promise<void> {
  await lab.break({ action: '*', match: instance?.vm?.agentId ?? '', hang: true });
}

async function event(id: number, test: (event: FinishedTask['events'][number]) => boolean): Promise<void> {
  await waitFor('the event', async () => {
    const { rows } = await lab.database.query<{ text: string }>(
      `select convert_from(content, 'utf8') as text from task_output where task_id = $1 and type = 'event'`,
      [id],
    );
    const lines = rows
      .map(({ text }) => text)
      .join('')
      .split('\n')
      .filter((line) => line !== '');
    return lines.some((line) => test(JSON.parse(line)));
  });
}
