import { ExpectedError, mapConcurrent, messageOf } from '@boti/core';
import type { DeployContext } from '../deploy/context.ts';
import { recoverDeployment } from '../deploy/stages/recover-deployment.ts';
import type { SettledPlan } from '../deploy/stages/render-plan.ts';
import { settleStoredPlan } from '../deploy/stages/settle-stored-plan.ts';
import { manifestInstancesOf, type StoredInstance } from '../instances/instance-store.ts';
import { parallelOf } from '../planner/batches.ts';
import { markResolved, type StoredProblem } from './problem-store.ts';
import { problemType, type Resolution } from './problem-types.ts';
import { diskResolvers, vmResolvers } from './problems/index.ts';

export interface Wish {
  readonly problem: StoredProblem;
  /** A resolution's name; null takes the type's own. */
  readonly resolution: string | null;
}

export interface Resolved {
  readonly count: number;
  /** `Error resolving problem '<id>': …` */
  readonly errors: readonly string[];
}

/** Mends problems, at once in each instance group as many as a deploy would update at once. */
export async function resolveProblems(
  ctx: DeployContext,
  wishes: readonly Wish[],
  maxInFlight: Readonly<Record<string, number | string>> = {},
): Promise<Resolved> {
  const errors: string[] = [];
  const plan = planOnce(ctx);
  const stage = ctx.events.stage('Applying problem resolutions', wishes.length);
  const one = async (wish: Wish): Promise<void> => {
    ctx.signal.throwIfAborted();
    const { id, description, type, resourceId } = wish.problem;
    try {
      const chosen = resolutionOf(wish);
      const label = `${description} (${type} ${resourceId}): ${chosen.plan}`;
      await stage.track(label, () => resolve(ctx, { problem: wish.problem, chosen, plan }));
    } catch (error) {
      ctx.signal.throwIfAborted();
      ctx.log.warn('a problem could not be resolved', { problem: id, error });
      errors.push(`Error resolving problem '${id}': ${messageOf(error)}`);
    }
    await markResolved(ctx.database, id);
  };
  for (const batch of await batchesOf(wishes, { plan, maxInFlight })) {
    await mapConcurrent(batch, batch.length, (group) => mapConcurrent(group.wishes, group.parallel, one));
  }
  return { count: wishes.length, errors };
}

/** What an interrupted task left is cleared away first, as before every plan. */
function planOnce(ctx: DeployContext): () => Promise<SettledPlan> {
  let made: Promise<SettledPlan> | undefined;
  return () => {
    made ??= recoverDeployment(ctx).then(() => settleStoredPlan(ctx, { fix: true }));
    return made;
  };
}

function resolutionOf({ problem, resolution }: Wish): Resolution {
  const { auto, resolutions } = problemType(problem.type);
  const found = resolutions.find(({ name }) => name === (resolution ?? auto));
  if (found !== undefined) return found;
  const offered = resolutions.map(({ name }) => name).join(', ');
  throw new ExpectedError(`'${resolution}' is no resolution of ${problem.type}; there are ${offered}`);
}

interface Resolve {
  readonly problem: StoredProblem;
  readonly chosen: Resolution;
  readonly plan: () => Promise<SettledPlan>;
}

const nothingToDo = ['ignore', 'close'];

async function resolve(ctx: DeployContext, { problem, chosen, plan }: Resolve): Promise<void> {
  if (nothingToDo.includes(chosen.name)) return;
  const { type, resourceId } = problem;
  const instances = await manifestInstancesOf(ctx.database, ctx.deployment.id);
  const ofVm = vmResolvers[type]?.[chosen.name];
  if (ofVm !== undefined) {
    const instance = required(instances.find(({ id }) => id === resourceId));
    return ofVm({ ctx, instance, plan });
  }
  const instance = required(instances.find(({ disks }) => disks.some(({ id }) => id === resourceId)));
  const disk = instance.disks.find(({ id }) => id === resourceId);
  const ofDisk = diskResolvers[type]?.[chosen.name];
  if (disk !== undefined && ofDisk !== undefined) await ofDisk({ ctx, instance, disk, plan });
}

function required(instance: StoredInstance | undefined): StoredInstance {
  if (instance !== undefined) return instance;
  throw new ExpectedError('What the problem was about is gone', { hint: 'Scan again.' });
}

interface GroupWishes {
  readonly wishes: readonly Wish[];
  readonly parallel: number;
}

interface BatchOptions {
  readonly plan: () => Promise<SettledPlan>;
  readonly maxInFlight: Readonly<Record<string, number | string>>;
}

/** In manifest order; consecutive groups with `serial: false` together. One problem alone needs no order. */
async function batchesOf(
  wishes: readonly Wish[],
  { plan, maxInFlight }: BatchOptions,
): Promise<readonly (readonly GroupWishes[])[]> {
  const isEasy = wishes.every(({ resolution }) => resolution !== null && nothingToDo.includes(resolution));
  if (wishes.length < 2 || isEasy) return [[{ wishes, parallel: 1 }]];
  const byGroup = Map.groupBy(wishes, ({ problem }) => problem.instanceGroup);
  const batches: GroupWishes[][] = [];
  let previousIsSerial = true;
  for (const { name, update, instances } of (await plan()).groups) {
    const own = byGroup.get(name);
    if (own === undefined) continue;
    byGroup.delete(name);
    const group = { wishes: own, parallel: parallelOf(maxInFlight[name] ?? update.maxInFlight, instances.length) };
    const current = batches.at(-1);
    if (current === undefined || update.serial || previousIsSerial) batches.push([group]);
    else current.push(group);
    previousIsSerial = update.serial;
  }
  return [...batches, ...[...byGroup.values()].map((own) => [{ wishes: own, parallel: 1 }])];
}
