import { JobNotFound, RunErrandError } from '../errors.ts';
import type { StoredInstance } from '../instances/instance-store.ts';
import { isNamed } from '../instances/select-instances.ts';
import type { DeploymentPlan, GroupPlan, InstancePlan } from '../planner/plan.ts';

export interface ErrandTarget {
  readonly group: GroupPlan;
  readonly instance: InstancePlan;
  /** The job whose bin/run is run; null: the instance group's only one. */
  readonly job: string | null;
}

export interface ErrandSelector {
  readonly group: string;
  readonly id: string | null;
}

export interface FoundErrand {
  readonly targets: readonly ErrandTarget[];
  readonly warnings: readonly string[];
}

/** Where an errand runs: on every instance with a job of that name, else on the errand group of that name. */
export function findErrand(plan: DeploymentPlan, name: string, selectors: readonly ErrandSelector[]): FoundErrand {
  const withJob = plan.groups.filter((group) => group.jobs.some((job) => job.name === name));
  const group = plan.groups.find((one) => one.name === name);
  if (withJob.length > 0) {
    const targets = withJob.flatMap((one) => jobTargets(one, name)).filter((target) => isSelected(target, selectors));
    const warnings = [
      ...(group === undefined ? [] : [ambiguous(name)]),
      ...(targets.length > 1
        ? [
            `Executing errand on multiple instances in parallel. Use the '--instance' flag to run the errand on a single instance.`,
          ]
        : []),
    ];
    if (targets.length === 0)
      throw new RunErrandError(`No instance of errand '${name}' matches ${describe(selectors)}`);
    return { targets, warnings };
  }
  if (group === undefined) throw new JobNotFound(`Errand '${name}' doesn't exist`);
  return { targets: groupTargets(group, selectors), warnings: [] };
}

function jobTargets(group: GroupPlan, job: string): ErrandTarget[] {
  const instances = group.lifecycle === 'errand' ? group.instances.slice(0, 1) : group.instances;
  return instances.map((instance) => ({ group, instance, job }));
}

function groupTargets(group: GroupPlan, selectors: readonly ErrandSelector[]): ErrandTarget[] {
  const { name, lifecycle } = group;
  if (lifecycle !== 'errand') {
    throw new RunErrandError(
      `Instance group '${name}' is not an errand. To mark an instance group as an errand set its lifecycle to 'errand' in the deployment manifest.`,
    );
  }
  if (selectors.length > 0) {
    throw new RunErrandError('Filtering by instances is not supported when running errand by instance group name');
  }
  const instance = group.instances[0];
  if (instance === undefined) throw new RunErrandError(`Instance group '${name}' has no instance to run the errand on`);
  return [{ group, instance, job: null }];
}

function isSelected({ group, instance }: ErrandTarget, selectors: readonly ErrandSelector[]): boolean {
  if (selectors.length === 0) return true;
  return selectors.some(({ group: wanted, id }) => {
    if (wanted !== group.name) return false;
    if (id === null || id === '') return true;
    // BOSH: `first` is the smallest uuid of the group, not index 0
    if (id === 'first') return group.instances.every((other) => instance.uuid <= other.uuid);
    return isNamed(instance, id);
  });
}

const describe = (selectors: readonly ErrandSelector[]): string =>
  selectors.map(({ group, id }) => (id === null ? group : `${group}/${id}`)).join(', ');

const ambiguous = (name: string): string =>
  `Ambiguous request: the requested errand name '${name}' matches both a job name and an errand instance group name. Executing errand on all relevant instances with job '${name}'.`;

/** Errands do not run while an instance that they may touch is stopped. */
export function refuseStopped(instances: readonly StoredInstance[], targets: readonly ErrandTarget[]): void {
  const uuids = new Set(targets.map(({ instance }) => instance.uuid));
  const stopped = instances.filter(({ uuid, state }) => uuids.has(uuid) && state !== 'started');
  if (stopped.length === 0) return;
  throw new RunErrandError(
    `Errand cannot run while instances are stopped: ${stopped.map(({ group, uuid }) => `${group}/${uuid}`).join(', ')}`,
    {
      hint: 'Start them first, or name other instances.',
    },
  );
}
