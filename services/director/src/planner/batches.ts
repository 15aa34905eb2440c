import type { GroupPlan, InstancePlan, UpdatePolicy, WatchTime } from './plan.ts';

/** Groups that are updated at the same time: a single serial one, or consecutive ones with `serial: false`. */
export interface UpdateBatch {
  readonly groups: readonly GroupUpdate[];
}

export interface GroupUpdate {
  readonly group: GroupPlan;
  /** Instances that go before the others are touched, so many at a time. */
  readonly deletions: { readonly instances: readonly InstancePlan[]; readonly parallel: number };
  /** One after the other. */
  readonly steps: readonly AzUpdate[];
}

export interface AzUpdate {
  /** Null: instances without AZ, or all AZs at once. */
  readonly az: string | null;
  /** Updated first, `canaryParallel` at a time. */
  readonly canaries: readonly InstancePlan[];
  readonly others: readonly InstancePlan[];
  readonly maxInFlight: number;
  readonly canaryWatchTime: WatchTime;
  readonly updateWatchTime: WatchTime;
}

interface BatchRequest {
  readonly groups: readonly GroupPlan[];
  /** Is this the first deploy? `initial_deploy_az_update_strategy` counts only then. */
  readonly deployedBefore: boolean;
}

/** The order in which a deploy works through its groups. Groups with nothing to do are left out. */
export function updateBatches({ groups, deployedBefore }: BatchRequest): readonly UpdateBatch[] {
  const batches: GroupUpdate[][] = [];
  let previousIsSerial = true;
  for (const group of groups) {
    const update = groupUpdate(group, deployedBefore);
    const current = batches.at(-1);
    if (current === undefined || group.update.serial || previousIsSerial) {
      batches.push([update]);
    } else {
      current.push(update);
    }
    previousIsSerial = group.update.serial;
  }
  return batches.map((updates) => ({ groups: updates.filter(hasWork) })).filter((batch) => batch.groups.length > 0);
}

/** What a deploy does to one group: who goes, and who is updated in which order. */
function groupUpdate(group: GroupPlan, deployedBefore: boolean): GroupUpdate {
  const candidates = updateCandidates(group);
  const atOnce = group.update.initialDeployAzUpdateStrategy === 'parallel' && !deployedBefore;
  const byAz = atOnce ? new Map([[null, candidates]]) : Map.groupBy(candidates, ({ az }) => az);
  return {
    group,
    deletions: {
      instances: group.obsolete,
      parallel: parallelOf(group.update.maxInFlight, group.obsolete.length),
    },
    steps: [...byAz].map(([az, instances], order) => azUpdate(az, instances, group.update, order === 0)),
  };
}

/**
 * Instances that the deploy has to touch. Errand groups have VMs only while an errand runs or was told to keep them: then
 * all of them are updated.
 */
export function updateCandidates(group: GroupPlan): readonly InstancePlan[] {
  const instances = group.instances.filter(({ existing }) => existing?.ignore !== true);
  if (group.lifecycle === 'errand') {
    return instances.some(({ existing }) => existing !== null && existing.vm !== null) ? instances : [];
  }
  return instances.filter(({ changes }) => changes.length > 0);
}

function azUpdate(
  az: string | null,
  instances: readonly InstancePlan[],
  policy: UpdatePolicy,
  isFirst: boolean,
): AzUpdate {
  const canaries = isFirst ? numberOf(policy.canaries, instances.length) : 0;
  return {
    az,
    canaries: instances.slice(0, canaries),
    others: instances.slice(canaries),
    maxInFlight: parallelOf(policy.maxInFlight, instances.length),
    canaryWatchTime: policy.canaryWatchTime,
    updateWatchTime: policy.updateWatchTime,
  };
}

const hasWork = ({ deletions, steps }: GroupUpdate): boolean => deletions.instances.length > 0 || steps.length > 0;

/** `2` or `25%` of that many instances, rounded down. */
export function numberOf(count: number | string, instances: number): number {
  return typeof count === 'number' ? count : Math.floor((instances * Number.parseInt(count, 10)) / 100);
}

/** As `numberOf`, but never less than one. */
export function parallelOf(count: number | string, instances: number): number {
  return Math.max(1, numberOf(count, instances));
}

const minStepMs = 1000;
const maxStepMs = 15_000;

/** Delays before each look at an instance: first the minimum, then about nine more looks until the maximum. */
export function watchSchedule({ minMs, maxMs }: WatchTime): readonly number[] {
  const stepMs = Math.min(maxStepMs, Math.max(minStepMs, (maxMs - minMs) / 9));
  const steps = Math.floor((maxMs - minMs) / stepMs);
  return [minMs, ...Array<number>(steps).fill(stepMs)];
}
