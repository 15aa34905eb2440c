import { mapConcurrent, vmCid } from '@boti/core';
import { configurationChanges } from '../../planner/configuration-changes.ts';
import type { DeploymentPlan, GroupPlan, InstancePlan } from '../../planner/plan.ts';
import type { PackageSpec } from '../../planner/snapshot.ts';
import type { DeployContext } from '../context.ts';
import type { InstanceRun, RenderedInstance } from '../instance-run.ts';
import { knownNetworks } from '../known-addresses.ts';
import { renderFailure } from '../render-errors.ts';
import { renderInstance } from '../steps/render-instance.ts';
import type { InstanceIds } from './bind-plan.ts';
import type { CompiledForms } from './compile-packages.ts';

/** Rendered files by instance uuid. */
export type RenderedInstances = ReadonlyMap<string, RenderedInstance>;

/** Renders every instance's templates before anything is changed; all failures are reported together. */
export async function renderPlan(ctx: DeployContext, plan: DeploymentPlan): Promise<RenderedInstances> {
  const subjects = plan.groups.flatMap((group) =>
    group.instances.filter(({ existing }) => existing?.ignore !== true).map((instance) => ({ group, instance })),
  );
  const rendered = new Map<string, RenderedInstance>();
  const failed: { group: string; error: unknown }[] = [];
  await mapConcurrent(subjects, ctx.settings.maxThreads, async ({ group, instance }) => {
    try {
      rendered.set(instance.uuid, await renderInstance(ctx, group, instance, knownNetworks(instance)));
    } catch (error) {
      ctx.signal.throwIfAborted();
      failed.push({ group: group.name, error });
    }
  });
  if (failed.length > 0) throw renderFailure(failed);
  return rendered;
}

export interface SettledPlan {
  /** As planned, with the changes that rendering and compilation brought to light. */
  readonly groups: readonly GroupPlan[];
  readonly runs: ReadonlyMap<string, InstanceRun>;
}

export interface SettleInput {
  readonly plan: DeploymentPlan;
  readonly ids: InstanceIds;
  readonly rendered: RenderedInstances;
  readonly forms: CompiledForms;
}

/** Joins plan, rendered files and compiled packages: from here on it is known what has to be done to whom. */
export function settlePlan({ plan, ids, rendered, forms }: SettleInput): SettledPlan {
  const runs = new Map<string, InstanceRun>();
  const groups = plan.groups.map((group) => {
    const packages = packagesOf(plan, group, forms);
    const instances = group.instances.map((instance) => {
      const files = rendered.get(instance.uuid);
      const id = ids.get(instance.uuid);
      if (files === undefined || id === undefined) return instance;
      const settled = { ...instance, changes: allChanges(instance, files, packages) };
      runs.set(instance.uuid, newRun({ id, group, plan: settled, packages, rendered: files }));
      return settled;
    });
    return { ...group, instances };
  });
  return { groups, runs };
}

function newRun(of: Pick<InstanceRun, 'id' | 'group' | 'plan' | 'packages' | 'rendered'>): InstanceRun {
  const { existing } = of.plan;
  const vm = existing?.vm ?? null;
  return {
    ...of,
    networks: knownNetworks(of.plan),
    isFreshVm: false,
    vm:
      vm === null
        ? null
        : {
            id: vm.id,
            cid: vmCid(vm.cid),
            agentId: vm.agentId,
            cpi: vm.cpi,
            stemcellApiVersion: vm.stemcell.apiVersion,
          },
  };
}

function allChanges(
  instance: InstancePlan,
  { configurationHash, templateHashes }: RenderedInstance,
  packages: Readonly<Record<string, PackageSpec>>,
): InstancePlan['changes'] {
  return configurationChanges(instance, { configurationHash, templateHashes, packages });
}

/** What a group's VMs get: the packages that its jobs name. Their dependencies matter only to compilation. */
function packagesOf(plan: DeploymentPlan, group: GroupPlan, forms: CompiledForms): Record<string, PackageSpec> {
  const wanted = new Map(
    group.jobs.flatMap(({ job, release }) => job.packageNames.map((name) => [name, release.name])),
  );
  const packages: Record<string, PackageSpec> = {};
  for (const [index, requirement] of plan.packages.entries()) {
    const form = forms[index];
    const isOurs = wanted.get(requirement.package.name) === requirement.release;
    const fits = requirement.stemcell.alias === group.stemcell.alias && requirement.groups.includes(group.name);
    if (form !== undefined && isOurs && fits) packages[requirement.package.name] = form;
  }
  return packages;
}
