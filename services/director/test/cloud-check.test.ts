import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { vmCid } from '@boti/core';
import { openProblems, type StoredProblem } from '../src/cloud-check/problem-store.ts';
import type { StoredInstance } from '../src/instances/instance-store.ts';
import { applyResolutionsTask, scanAndFixTask, scanCloudTask } from '../src/tasks/task-kinds.ts';
import {
  errorOf,
  type FinishedTask,
  startDeployLab,
  succeeded,
  webManifest,
  webRelease,
} from './support/deploy-lab.ts';

const lab = await startDeployLab({ after });
succeeded(await lab.uploadRelease(webRelease));
succeeded(await lab.deploy(webManifest));
const cloud = lab.services.cpis.client('').cloud();

async function server(index: number): Promise<StoredInstance> {
  const found = (await lab.instances('web')).find((one) => one.group === 'server' && one.index === index);
  assert.ok(found !== undefined);
  return found;
}

const scan = async (): Promise<FinishedTask> => succeeded(await lab.run(scanCloudTask, { deployment: 'web' }, 'web'));

const problems = (): Promise<StoredProblem[]> => openProblems(lab.database, 1);

async function found(): Promise<StoredProblem> {
  const [problem, ...others] = await problems();
  assert.ok(problem !== undefined);
  assert.deepEqual(others, []);
  return problem;
}

const apply = (resolutions: unknown): Promise<FinishedTask> =>
  lab.run(applyResolutionsTask, { deployment: 'web', resolutions, maxInFlight: {} }, 'web');

/** `stage: task` of every line that ends a step. */
const steps = ({ events }: FinishedTask): readonly string[] =>
  events.filter(({ state }) => state === 'finished').map(({ stage, task }) => `${stage}: ${task}`);

async function loseVm(index: number): Promise<string> {
  const cid = (await server(index)).vm?.cid ?? '';
  await cloud.deleteVm(vmCid(cid));
  return cid;
}

const hasVm = async (index: number): Promise<boolean> => cloud.hasVm(vmCid((await server(index)).vm?.cid ?? ''));

test('a deployment that is as it should be has no problems', async () => {
  const task = await scan();

  assert.equal(task.result, 'scan complete');
  assert.deepEqual(steps(task), [
    'Scanning 2 VMs: Checking VM states',
    'Scanning 2 VMs: 2 OK, 0 unresponsive, 0 missing, 0 unbound',
    'Scanning 2 persistent disks: Looking for inactive disks',
    'Scanning 2 persistent disks: 2 OK, 0 missing, 0 inactive, 0 mount-info mismatch',
  ]);
  assert.deepEqual(await problems(), []);
});

test('a VM that the cloud lost is found, and made anew with its disk by the automatic resolution', async () => {
  const before = await server(0);
  const cid = await loseVm(0);

  const scanned = await scan();
  const problem = await found();
  const applied = succeeded(await apply({ [problem.id]: null, 9999: 'ignore' }));

  assert.ok(steps(scanned).includes('Scanning 2 VMs: 1 OK, 0 unresponsive, 1 missing, 0 unbound'));
  const label = `server/${before.uuid} (0)`;
  assert.equal(problem.description, `VM for '${label}' with cloud ID '${cid}' missing.`);
  assert.equal(applied.result, '1 resolved');
  assert.deepEqual(steps(applied), [
    `Applying problem resolutions: ${problem.description} (missing_vm ${before.id}): Recreate VM without waiting for processes to start`,
  ]);
  const now = await server(0);
  assert.notEqual(now.vm?.cid, cid);
  assert.equal(now.disks[0]?.cid, before.disks[0]?.cid);
  assert.equal(now.updateCompleted, true);
  assert.ok(await hasVm(0));
  assert.deepEqual(await problems(), []);
  await scan();
  assert.deepEqual(await problems(), []);
});

test('the reference to a lost VM is deleted, and the next scan finds the VM missing', async () => {
  await loseVm(1);
  await scan();

  succeeded(await apply({ [(await found()).id]: 'delete_vm_reference' }));
  const without = await server(1);
  await scan();
  const problem = await found();
  succeeded(await apply({ [problem.id]: 'recreate_vm' }));

  assert.equal(without.vm, null);
  assert.equal(problem.description, `VM for 'server/${without.uuid} (1)' missing.`);
  assert.ok(await hasVm(1));
});

test('a silent agent is told from a missing VM; its VM is replaced', { timeout: 120_000 }, async () => {
  const before = await server(0);
  await lab.break({ action: '*', match: before.vm?.agentId ?? '', hang: true });

  const scanned = await scan();
  const problem = await found();
  const unknown = await apply({ [problem.id]: 'repair' });
  await scan();
  const again = await found();
  const applied = succeeded(await apply({ [again.id]: 'recreate_vm' }));
  await lab.break();

  assert.ok(steps(scanned).includes('Scanning 2 VMs: 1 OK, 1 unresponsive, 0 missing, 0 unbound'));
  assert.equal(problem.type, 'unresponsive_agent');
  assert.match(errorOf(unknown).message, /^Error resolving problem '\d+': 'repair' is no resolution/);
  assert.equal(applied.result, '1 resolved');
  assert.notEqual((await server(0)).vm?.cid, before.vm?.cid);
  assert.equal((await server(0)).disks[0]?.cid, before.disks[0]?.cid);
  assert.ok(!(await cloud.hasVm(vmCid(before.vm?.cid ?? ''))));
});

test('resolutions that are no map are refused', async () => {
  assert.equal(errorOf(await apply(['recreate_vm'])).code, 410003);
});

test('a disk that is not mounted is attached again', async () => {
  const { vm, disks } = await server(0);
  const cid = disks[0]?.cid ?? '';
  const agent = lab.services.agents.of(vm?.agentId ?? '', 'server');
  await agent.call('unmount_disk', [cid], {});
  await agent.call('remove_persistent_disk', [cid], {});
  await cloud.detachDisk(vmCid(vm?.cid ?? ''), cid as never);

  await scan();
  const problem = await found();
  succeeded(await apply({ [problem.id]: 'reattach_disk' }));
  await scan();

  assert.equal(problem.type, 'mount_info_mismatch');
  assert.match(problem.description, /should be mounted on VM '.*' but is mounted nowhere/);
  assert.deepEqual(await problems(), []);
});

test('an inactive disk is deleted', async () => {
  const { id } = await server(1);
  const cid = await cloud.createDisk(64, {});
  await lab.database.query(
    "insert into persistent_disks (instance_id, cid, name, size_mib, cloud_properties, cpi) values ($1, $2, '', 64, '{}', '')",
    [id, cid],
  );

  await scan();
  const problem = await found();
  succeeded(await apply({ [problem.id]: 'delete_disk' }));

  assert.equal(problem.type, 'inactive_disk');
  assert.equal(await cloud.hasDisk(cid), false);
});

test('scan and fix makes missing VMs anew, of the instances that were named', async () => {
  await loseVm(0);
  const fix = (id: string): Promise<FinishedTask> =>
    lab.run(scanAndFixTask, { deployment: 'web', instances: { server: [id] } }, 'web');

  const other = succeeded(await fix('1'));
  const stillMissing = !(await hasVm(0));
  const task = succeeded(await fix('0'));

  assert.equal(other.result, 'scan and fix complete');
  assert.ok(stillMissing);
  assert.equal(task.result, 'scan and fix complete');
  assert.ok(await hasVm(0));
});

test('a disk that the cloud lost is forgotten', async () => {
  const { vm, disks } = await server(1);
  const cid = disks[0]?.cid ?? '';
  const agent = lab.services.agents.of(vm?.agentId ?? '', 'server');
  await agent.call('unmount_disk', [cid], {});
  await cloud.detachDisk(vmCid(vm?.cid ?? ''), cid as never);
  await cloud.deleteDisk(cid as never);

  await scan();
  const problem = await found();
  succeeded(await apply({ [problem.id]: 'delete_disk_reference' }));

  assert.equal(problem.type, 'missing_disk');
  assert.deepEqual((await server(1)).disks, []);
});
