import type { Sql } from '../../database/sql.ts';
import { addReferences } from '../../deployments/deployment-store.ts';
import { insertInstance, placeInstance } from '../../instances/instance-store.ts';
import { releaseAddresses, reserveAddress } from '../../networks/address-store.ts';
import type { CompilationPlan, DeploymentPlan, InstancePlan } from '../../planner/plan.ts';
import { releaseVersionIds } from '../../releases/release-store.ts';
import type { DeployContext } from '../context.ts';

/** Row ids of the planned instances, by uuid. */
export type InstanceIds = ReadonlyMap<string, number>;

/**
 * Puts the plan on record before anything is done: its instances, their addresses, the releases and stemcells it uses.
 * All or nothing; throws AddressTaken when another deploy was faster, and then the plan must be made anew.
 */
export async function bindPlan(ctx: DeployContext, plan: DeploymentPlan): Promise<InstanceIds> {
  return ctx.database.transaction(async (sql) => {
    await addReferences(sql, ctx.deployment.id, await usedArtifacts(sql, plan));
    const ids = new Map<string, number>();
    for (const instance of plan.groups.flatMap((group) => group.instances)) {
      const id = await bindInstance(sql, ctx, instance);
      ids.set(instance.uuid, id);
      await reserveAddresses(sql, ctx, { id, instance });
    }
    await reserveForCompilation(sql, ctx, plan.compilation);
    return ids;
  });
}

/** Instances that are new keep their rows, but not their addresses, when a deploy fails before anything was made. */
export async function releaseNewAddresses(
  ctx: DeployContext,
  { plan, ids }: { readonly plan: DeploymentPlan; readonly ids: InstanceIds },
): Promise<void> {
  for (const { uuid, existing } of plan.groups.flatMap(({ instances }) => instances)) {
    const id = ids.get(uuid);
    if (existing === null && id !== undefined) await releaseAddresses(ctx.database, id, []);
  }
}

export interface UsedArtifacts {
  readonly releaseVersionIds: readonly number[];
  readonly stemcellIds: readonly number[];
}

export async function usedArtifacts(sql: Sql, plan: DeploymentPlan): Promise<UsedArtifacts> {
  const stemcellIds = plan.stemcells.flatMap(({ byCpi }) => Object.values(byCpi).map(({ id }) => id));
  return { releaseVersionIds: await releaseVersionIds(sql, plan.releases), stemcellIds };
}

async function bindInstance(sql: Sql, ctx: DeployContext, plan: InstancePlan): Promise<number> {
  const { existing } = plan;
  if (existing === null) {
    return insertInstance(sql, {
      deploymentId: ctx.deployment.id,
      group: plan.group,
      index: plan.index,
      uuid: plan.uuid,
      az: plan.az,
      bootstrap: plan.bootstrap,
      lifecycle: plan.lifecycle,
      state: plan.state,
    });
  }
  const isMoved =
    existing.group !== plan.group ||
    existing.index !== plan.index ||
    existing.az !== plan.az ||
    existing.bootstrap !== plan.bootstrap;
  if (isMoved) await placeInstance(sql, existing.id, plan);
  return existing.id;
}

async function reserveAddresses(
  sql: Sql,
  ctx: DeployContext,
  { id, instance }: { readonly id: number; readonly instance: InstancePlan },
): Promise<void> {
  for (const { name, type, address, static: isStatic } of instance.networks) {
    if (address === null || type === 'dynamic') continue;
    const held = instance.existing?.addresses.find((known) => known.address === address);
    if (held?.network === name && held.static === isStatic) continue;
    await reserveAddress(sql, id, ctx.taskId, { address, network: name, static: isStatic });
  }
}

/** Compilation VMs come later: until then their addresses are the task's own. */
async function reserveForCompilation(sql: Sql, ctx: DeployContext, { vms }: CompilationPlan): Promise<void> {
  for (const { name, type, address, static: isStatic } of vms.flatMap(({ networks }) => networks)) {
    if (address === null || type === 'dynamic') continue;
    await reserveAddress(sql, null, ctx.taskId, { address, network: name, static: isStatic });
  }
}
