import { mapConcurrent, vmCid } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import type { DeployContext } from '../deploy/context.ts';
import { instanceLabel, instanceName } from '../deploy/instance-name.ts';
import type { StoredInstance } from '../instances/instance-store.ts';
import type { VmSnapshot } from '../planner/snapshot.ts';
import { insertProblem } from './problem-store.ts';

/** Where each disk is mounted (VM cids by disk cid), and which VMs could be asked. */
export interface MountedDisks {
  readonly vmsByDisk: Map<string, string[]>;
  readonly askedVms: Set<string>;
}

type Health = 'ok' | 'unresponsive' | 'missing' | 'ignored';

/** Long enough for an agent that is busy, short enough for somebody who waits. */
export const agentTimeoutMs = 10_000;

/** Asks every agent what runs and which disks are mounted; where none answers, the cloud whether the VM is there. */
export async function scanVms(ctx: DeployContext, all: readonly StoredInstance[]): Promise<MountedDisks> {
  const instances = all.filter((instance) => instance.vm !== null || expectsVm(instance));
  const mounted: MountedDisks = { vmsByDisk: new Map(), askedVms: new Set() };
  const stage = ctx.events.stage(`Scanning ${instances.length} VMs`, 2);
  const found = await stage.track('Checking VM states', () =>
    mapConcurrent(instances, ctx.settings.maxThreads, (instance) => check(ctx, instance, mounted)),
  );
  const count = (wanted: Health): number => found.filter((health) => health === wanted).length;
  const ignored = count('ignored') === 0 ? '' : `, ${count('ignored')} ignored`;
  const summary = `${count('ok')} OK, ${count('unresponsive')} unresponsive, ${count('missing')} missing, 0 unbound`;
  await stage.track(`${summary}${ignored}`, async () => undefined);
  return mounted;
}

const expectsVm = ({ lifecycle, state }: StoredInstance): boolean => lifecycle === 'service' && state !== 'detached';

async function check(ctx: DeployContext, instance: StoredInstance, mounted: MountedDisks): Promise<Health> {
  if (instance.ignore) return 'ignored';
  const health = await healthOf(ctx, instance, mounted);
  if (health === 'ok') return health;
  const type = health === 'missing' ? 'missing_vm' : 'unresponsive_agent';
  const withCid = instance.vm === null ? '' : ` with cloud ID '${instance.vm.cid}'`;
  const what = health === 'missing' ? ' missing.' : ' is not responding.';
  await insertProblem(ctx.database, ctx.deployment.id, {
    type,
    resourceId: instance.id,
    instanceGroup: instance.group,
    description: `VM for '${instanceLabel(instance)}'${withCid}${what}`,
  });
  return health;
}

async function healthOf(ctx: DeployContext, instance: StoredInstance, mounted: MountedDisks): Promise<Health> {
  const { vm } = instance;
  if (vm === null) return 'missing';
  const agent = ctx.agents.of(vm.agentId, instanceName(instance));
  const options = { signal: ctx.signal, timeoutMs: agentTimeoutMs, retries: 0 };
  try {
    await agent.call('get_state', [], options);
    const disks = await agent.call('list_disk', [], options);
    mounted.askedVms.add(vm.cid);
    for (const cid of disks) mounted.vmsByDisk.set(cid, [...(mounted.vmsByDisk.get(cid) ?? []), vm.cid]);
    return 'ok';
  } catch (error) {
    ctx.signal.throwIfAborted();
    ctx.log.warn('an agent did not answer', { instance: instanceName(instance), error });
    return (await isInCloud(ctx, vm)) ? 'unresponsive' : 'missing';
  }
}

/** A CPI that cannot tell is believed to have the VM. */
export async function isInCloud(ctx: DeployContext, vm: Pick<VmSnapshot, 'cid' | 'cpi'>): Promise<boolean> {
  try {
    return await ctx.clouds.of(vm.cpi).hasVm(vmCid(vm.cid));
  } catch (error) {
    if (isCloudError(error, 'NotImplemented', 'NotSupported')) return true;
    throw error;
  }
}
