import type { DeployContext } from '../deploy/context.ts';
import type { StoredInstance } from '../instances/instance-store.ts';
import { closeProblems } from './problem-store.ts';
import { scanDisks } from './scan-disks.ts';
import { scanVms } from './scan-vms.ts';

/** Compares our records with the cloud and its agents; what differs is on record as a problem afterwards. */
export async function scan(ctx: DeployContext, instances: readonly StoredInstance[]): Promise<void> {
  await closeProblems(ctx.database, ctx.deployment.id);
  const mounted = await scanVms(ctx, instances);
  await scanDisks(ctx, instances, mounted);
}

/** VMs alone: what the resurrector asks for. */
export async function scanInstances(ctx: DeployContext, instances: readonly StoredInstance[]): Promise<void> {
  await closeProblems(ctx.database, ctx.deployment.id);
  await scanVms(ctx, instances);
}
