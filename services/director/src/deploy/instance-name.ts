import type { InstancePlan } from '../planner/plan.ts';

type Named = Pick<InstancePlan, 'group' | 'uuid'>;

/** `redis/<uuid>`: how errors and events call an instance. */
export const instanceName = ({ group, uuid }: Named): string => `${group}/${uuid}`;

/** `redis/<uuid> (0)`: how progress lines call it. */
export const instanceLabel = (instance: Named & { readonly index: number }): string =>
  `${instanceName(instance)} (${instance.index})`;
