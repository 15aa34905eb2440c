import type { Sick } from './fleet.ts';

export interface ResurrectionLimits {
  readonly minimumDownJobs: number;
  readonly percentThreshold: number;
}

/** What is to be done for one deployment. */
export interface Resurrection {
  readonly deployment: string;
  readonly isMeltdown: boolean;
  /** Ids of instances by their group, as `scan_and_fix` takes them. */
  readonly jobs: Readonly<Record<string, readonly string[]>>;
}

/** Groups what is sick by deployment. With too much at the same time, making VMs anew would only add to it. */
export function planResurrections(
  sick: readonly Sick[],
  totals: ReadonlyMap<string, number>,
  { minimumDownJobs, percentThreshold }: ResurrectionLimits,
): readonly Resurrection[] {
  const byDeployment = Map.groupBy(sick, ({ instance }) => instance.deployment);
  return [...byDeployment].map(([deployment, down]) => {
    const total = Math.max(totals.get(deployment) ?? 0, down.length);
    const isMeltdown = down.length >= minimumDownJobs && down.length / total >= percentThreshold;
    const byGroup = Map.groupBy(down, ({ instance }) => instance.group);
    const jobs = [...byGroup].map(([group, list]) => [group, list.map(({ instance }) => instance.id)] as const);
    return { deployment, isMeltdown, jobs: Object.fromEntries(jobs) };
  });
}
