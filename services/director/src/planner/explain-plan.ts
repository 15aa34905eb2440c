import { configurationChanges, type RenderedConfiguration } from './configuration-changes.ts';
import type { DeploymentPlan, InstancePlan } from './plan.ts';

type InstanceAction = 'create' | 'update' | 'recreate' | 'delete' | 'ignore' | 'keep';

/** What a deploy would do to one instance. */
interface ExplainedInstance {
  readonly instance: string;
  readonly index: number;
  readonly az: string | null;
  readonly action: InstanceAction;
  readonly reasons: readonly string[];
}

export interface ExplainedPlan {
  readonly deployment: string;
  readonly instances: readonly ExplainedInstance[];
  /** Packages that have to be compiled first. */
  readonly compile: readonly string[];
  readonly warnings: readonly string[];
  readonly summary: string;
  /** All of it in lines, for clients that only print. */
  readonly lines: readonly string[];
}

/** The plan for people and programs; `rendered` (by instance uuid) adds the reasons that only templates show. */
export function explainPlan(
  plan: DeploymentPlan,
  rendered: ReadonlyMap<string, RenderedConfiguration> = new Map(),
): ExplainedPlan {
  const wanted = plan.groups.flatMap((group) => [
    ...group.obsolete.map((instance) => explained(instance, 'delete', ['it is no longer wanted'])),
    ...group.instances.map((instance) => explainInstance(instance, rendered.get(instance.uuid))),
  ]);
  const gone = plan.obsolete.map((instance) => explained(instance, 'delete', ['its instance group is gone']));
  const instances = [...gone, ...wanted];
  const compile = plan.packages
    .filter(({ compiled }) => compiled === null)
    .map(
      ({ package: { name, version }, stemcell }) =>
        `${name}/${version} for ${stemcell.operatingSystem}/${stemcell.version}`,
    );
  const told = { instances, compile, warnings: plan.warnings, summary: summarise(instances) };
  return { deployment: plan.deployment, ...told, lines: planLines(told) };
}

function planLines({
  instances,
  compile,
  warnings,
  summary,
}: Omit<ExplainedPlan, 'deployment' | 'lines'>): readonly string[] {
  return [
    ...warnings.map((warning) => `warning: ${warning}`),
    ...compile.map((name) => `compile ${name}`),
    ...instances
      .filter(({ action }) => action !== 'keep')
      .map(({ action, instance, index, az, reasons }) => {
        const place = az === null ? '' : ` in ${az}`;
        return `${action} ${instance} (${index})${place}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`;
      }),
    summary,
  ];
}

function explainInstance(instance: InstancePlan, rendered: RenderedConfiguration | undefined): ExplainedInstance {
  const { existing, lifecycle } = instance;
  if (existing?.ignore === true) {
    return explained(instance, 'ignore', ['it is ignored']);
  }
  if (lifecycle === 'errand' && (existing === null || existing.vm === null)) {
    return explained(instance, 'keep', []);
  }
  const changes = rendered === undefined ? instance.changes : configurationChanges(instance, rendered);
  if (existing === null) {
    return explained(instance, 'create', []);
  }
  if (changes.length === 0) {
    return explained(instance, 'keep', []);
  }
  const needsVm = changes.some(({ needsNewVm }) => needsNewVm) && instance.state !== 'detached';
  const action = existing.vm === null && needsVm ? 'create' : needsVm ? 'recreate' : 'update';
  return explained(
    instance,
    action,
    changes.map(({ reason }) => reason),
  );
}

function explained(
  { group, uuid, index, az }: InstancePlan,
  action: InstanceAction,
  reasons: readonly string[],
): ExplainedInstance {
  return { instance: `${group}/${uuid}`, index, az, action, reasons };
}

function summarise(instances: readonly ExplainedInstance[]): string {
  const counts = Map.groupBy(instances, ({ action }) => action);
  const parts = (['create', 'recreate', 'update', 'delete', 'ignore'] as const).flatMap((action) => {
    const count = counts.get(action)?.length ?? 0;
    return count === 0 ? [] : [`${count} to ${action}`];
  });
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}
