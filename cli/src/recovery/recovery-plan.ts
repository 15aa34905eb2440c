import { dirname } from 'node:path';
import { ExpectedError, isThere, readIfThere, writeFileAtomic } from '@boti/core';
import type { Problem } from '@boti/director-api';
import { dumpYaml, loadYaml } from '@boti/manifest';
import { z } from 'zod';
import type { DeploymentContext } from '../command.ts';

/** What is to be done about each type of problem in an instance group. */
const groupPlanSchema = z.strictObject({
  name: z.string(),
  /** A number, or a share as `10%`. */
  max_in_flight_override: z.union([z.string(), z.number().transform(String)]).optional(),
  /** Names of resolutions by type of problem. */
  planned_resolutions: z.record(z.string(), z.string()).default({}),
});

const planSchema = z.strictObject({ instance_groups_plan: z.array(groupPlanSchema) });

export type GroupPlan = z.infer<typeof groupPlanSchema>;

/** Before anything is asked: answers that cannot be written would be lost. */
export async function requireFolderOf(path: string): Promise<void> {
  if (await isThere(dirname(path))) return;
  throw new ExpectedError(`The folder of '${path}' is not there`, { hint: 'Make it, or name another path.' });
}

export async function writeRecoveryPlan(path: string, groups: readonly GroupPlan[]): Promise<void> {
  await writeFileAtomic(path, dumpYaml({ instance_groups_plan: groups }, { sortKeys: false }));
}

export async function readRecoveryPlan(path: string): Promise<readonly GroupPlan[]> {
  const text = await readIfThere(path);
  if (text === undefined) {
    throw new ExpectedError(`There is no recovery plan '${path}'`, {
      hint: `'boti create-recovery-plan ${path}' makes one.`,
    });
  }
  const parsed = planSchema.safeParse(loadYaml(text, { file: path }));
  if (parsed.success) return parsed.data.instance_groups_plan;
  const problems = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'the plan'}: ${message}`);
  throw new ExpectedError(`The recovery plan '${path}' is not valid: ${problems.join('; ')}`, {
    hint: 'It has instance_groups_plan, a list of name, planned_resolutions and perhaps max_in_flight_override.',
  });
}

/** Looks what is wrong; answers the problems by instance group, in order of their names. */
export async function scanByGroup(context: DeploymentContext): Promise<ReadonlyMap<string, readonly Problem[]>> {
  const { director, deployment, followTask } = context;
  await followTask(await director.cloudCheck.scan(deployment));
  const problems = await director.cloudCheck.problems(deployment);
  if (problems.some(({ instance_group: group }) => !group)) {
    throw new ExpectedError('This Director does not say which instance groups have problems', {
      hint: "Use 'boti cloud-check' with it.",
    });
  }
  const groups = Map.groupBy(problems, ({ instance_group: group }) => group ?? '');
  for (const list of groups.values()) list.sort((a, b) => a.id - b.id);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
