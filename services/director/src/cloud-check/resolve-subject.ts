import type { DeployContext } from '../deploy/context.ts';
import type { SettledPlan } from '../deploy/stages/render-plan.ts';
import type { StoredInstance } from '../instances/instance-store.ts';
import type { DiskSnapshot } from '../planner/snapshot.ts';

/** What a resolution works on. */
export interface ResolveSubject {
  readonly ctx: DeployContext;
  readonly instance: StoredInstance;
  /** Made once, when the first resolution needs it. */
  readonly plan: () => Promise<SettledPlan>;
}

export interface DiskResolveSubject extends ResolveSubject {
  readonly disk: DiskSnapshot;
}

/** What can be done about one type of problem, by the resolution's name. `ignore` is everybody's and not listed. */
export type Resolver<Subject> = Readonly<Record<string, (subject: Subject) => Promise<void>>>;
