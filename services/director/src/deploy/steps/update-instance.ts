import { isDeepStrictEqual } from 'node:util';
import type { ApplySpec } from '@boti/agent-protocol';
import { beginUpdate, completeUpdate, saveSpec, saveState } from '../../instances/instance-store.ts';
import { releaseAddresses } from '../../networks/address-store.ts';
import { isLightUpdate } from '../../planner/changes.ts';
import type { Change, WatchTime } from '../../planner/plan.ts';
import { appliedJobs, type Configuration, storedSpec } from '../apply-spec.ts';
import type { DeployContext, Progress } from '../context.ts';
import { instanceLabel, instanceName } from '../instance-name.ts';
import { applySpecOf, configurationOf, type InstanceRun, specSubject } from '../instance-run.ts';
import { hasUnknownAddress, knownNetworks } from '../known-addresses.ts';
import { attachDisk, detachDisk } from './attach-disk.ts';
import { createVm, type Vm } from './create-vm.ts';
import { deleteVm } from './delete-vm.ts';
import { introduceNewVm, updateAgentSettings } from './introduce-vm.ts';
import { renderInstance } from './render-instance.ts';
import { setVmMetadata } from './set-vm-metadata.ts';
import { snapshotDisks } from './snapshot-disks.ts';
import { applySpec, startInstance } from './start-instance.ts';
import { stopInstance } from './stop-instance.ts';
import { saveSpecWithTemplates, storeTemplates } from './store-templates.ts';
import { disksOf, updatePersistentDisks } from './update-persistent-disks.ts';

export interface UpdateRequest {
  readonly changes: readonly Change[];
  readonly watch: WatchTime;
  readonly skipDrain: boolean;
  /** False: the jobs are started, and that is that. */
  readonly waitForJobs?: boolean;
}

/**
 * Brings one instance to its planned state. From the first line on it is marked dirty, so whatever interrupts this, the
 * next deploy does it again in full.
 */
export async function updateInstance(
  ctx: DeployContext,
  run: InstanceRun,
  request: UpdateRequest,
  progress: Progress,
): Promise<void> {
  if (isLightUpdate(request.changes)) return updateTags(ctx, run);
  await beginUpdate(ctx.database, run.id);
  const archive = run.plan.state === 'started' ? await storeTemplates(ctx, run) : null;
  await stop(ctx, run, { ...request, archive }, progress);
  if (run.plan.state === 'detached') return detachInstance(ctx, run);
  if (run.plan.state === 'stopped') return settleStopped(ctx, run);
  await ensureVm(ctx, run, request.changes);
  await configure(ctx, run, { ...request, archive }, progress);
}

interface ConfigureRequest extends UpdateRequest {
  readonly archive: Configuration['archive'];
}

/** Stops what runs on the present VM, having fetched the new packages first so that the jobs are down only briefly. */
async function stop(
  ctx: DeployContext,
  run: InstanceRun,
  request: ConfigureRequest,
  progress: Progress,
): Promise<void> {
  const { plan, vm } = run;
  const isSilent = plan.existing?.agent?.responsive === false;
  const isStopped = plan.existing?.state === 'stopped' && plan.existing.updateCompleted;
  if (vm === null || run.isFreshVm || isSilent) return;
  const spec = applySpecOf(ctx.deployment.name, run, request.archive);
  const losesVm = needsNewVm(request.changes) || plan.state === 'detached';
  if (!losesVm && plan.state === 'started') await prepare(ctx, run, spec);
  if (isStopped) return;
  const isFinal = losesVm || plan.state !== 'started' || request.changes.some(({ kind }) => kind === 'persistent_disk');
  await stopInstance(
    ctx,
    {
      agentId: vm.agentId,
      name: instanceName(plan),
      intent: losesVm ? 'delete_vm' : 'keep_vm',
      drainType: isFinal ? 'shutdown' : 'update',
      spec,
      skipDrain: request.skipDrain,
    },
    progress,
  );
  await snapshotDisks(ctx, { plan, agentId: vm.agentId, disks: plan.existing?.disks ?? [] }, true);
}

async function prepare(ctx: DeployContext, run: InstanceRun, spec: ApplySpec): Promise<void> {
  if (run.vm === null) return;
  await ctx.agents.of(run.vm.agentId, instanceName(run.plan)).call('prepare', [spec], { signal: ctx.signal });
}

/** Leaves the instance with the VM it needs: the present one, or a new one with its disk. */
async function ensureVm(ctx: DeployContext, run: InstanceRun, changes: readonly Change[]): Promise<void> {
  const needsVm = run.vm === null || (needsNewVm(changes) && !run.isFreshVm);
  if (!needsVm) return;
  if (run.vm !== null) await removeVm(ctx, run, run.vm);
  await giveNewVm(ctx, run);
}

/** A new VM for an instance, with the disk it has. */
export async function giveNewVm(ctx: DeployContext, run: InstanceRun): Promise<void> {
  const disks = (await disksOf(ctx, run.id)).filter(({ active }) => active);
  const { plan } = run;
  const vm = await createVm(ctx, {
    instanceId: run.id,
    plan,
    networks: plan.networks,
    diskCids: disks.map(({ cid }) => cid),
  });
  for (const disk of disks) await attachDisk(ctx, { plan, vm }, disk);
  run.vm = vm;
  run.isFreshVm = true;
  await introduce(ctx, run, vm);
}

async function introduce(ctx: DeployContext, run: InstanceRun, vm: Vm): Promise<void> {
  const { plan, group } = run;
  run.networks = await introduceNewVm(ctx, {
    id: run.id,
    plan,
    vm,
    networks: plan.networks,
    jobs: appliedJobs(group),
  });
}

/** Disks come off before the VM goes; a VM whose agent is silent just goes. */
async function removeVm(ctx: DeployContext, run: InstanceRun, vm: Vm): Promise<void> {
  const isSilent = run.plan.existing?.agent?.responsive === false;
  const disks = isSilent ? [] : await disksOf(ctx, run.id);
  for (const { cid } of disks) await detachDisk(ctx, { plan: run.plan, vm }, cid);
  await deleteVm(ctx, vm);
  run.vm = null;
}

/** Disk, settings, jobs, start: the instance's VM is there and nothing runs on it. */
async function configure(
  ctx: DeployContext,
  run: InstanceRun,
  request: ConfigureRequest,
  progress: Progress,
): Promise<void> {
  const { plan, vm } = run;
  if (vm === null) throw new TypeError(`${instanceName(plan)} has no VM`);
  await updatePersistentDisks(ctx, { instanceId: run.id, plan, vm });
  if (hasUnknownAddress(run.networks)) await introduce(ctx, run, vm);
  else if (!run.isFreshVm || plan.namedDisks !== undefined) await updateAgentSettings(ctx, run, vm);
  if (request.changes.some(({ kind }) => kind === 'tags')) await setVmMetadata(ctx, vm, plan, plan.tags);
  const archive = await settledTemplates(ctx, run, request.archive);
  const spec = applySpecOf(ctx.deployment.name, run, archive);
  await applySpec(ctx, { agentId: vm.agentId, name: instanceName(plan), spec }, progress);
  const stored = storedSpec(specSubject(ctx.deployment.name, run), configurationOf(run, archive), plan);
  await saveSpecWithTemplates(ctx, run, stored);
  await releaseAddresses(ctx.database, run.id, addressesOf(run));
  const { watch, waitForJobs = true } = request;
  const name = instanceName(plan);
  await startInstance(ctx, { agentId: vm.agentId, name, label: instanceLabel(plan), watch, waitForJobs }, progress);
  run.isFreshVm = false;
  await completeUpdate(ctx.database, run.id, 'started');
}

/** Templates that show an address which only the cloud could give are rendered once more when it is another one. */
async function settledTemplates(
  ctx: DeployContext,
  run: InstanceRun,
  archive: Configuration['archive'],
): Promise<Configuration['archive']> {
  if (isDeepStrictEqual(run.networks, knownNetworks(run.plan))) return archive;
  run.rendered = await renderInstance(ctx, run.group, run.plan, run.networks);
  return storeTemplates(ctx, run);
}

async function settleStopped(ctx: DeployContext, run: InstanceRun): Promise<void> {
  await releaseAddresses(ctx.database, run.id, addressesOf(run));
  await saveState(ctx.database, run.id, 'stopped');
  await completeUpdate(ctx.database, run.id, 'stopped');
}

async function detachInstance(ctx: DeployContext, run: InstanceRun): Promise<void> {
  if (run.vm !== null) await removeVm(ctx, run, run.vm);
  await releaseAddresses(ctx.database, run.id, addressesOf(run));
  await completeUpdate(ctx.database, run.id, 'detached');
}

async function updateTags(ctx: DeployContext, run: InstanceRun): Promise<void> {
  const { plan, vm } = run;
  if (vm !== null) await setVmMetadata(ctx, vm, plan, plan.tags);
  const spec = plan.existing?.spec;
  if (spec !== null && spec !== undefined) await saveSpec(ctx.database, run.id, { ...spec, tags: plan.tags });
}

const needsNewVm = (changes: readonly Change[]): boolean => changes.some((change) => change.needsNewVm);

const addressesOf = (run: InstanceRun): string[] =>
  run.networks.flatMap(({ address, type }) => (address === null || type === 'dynamic' ? [] : [address]));
