import type { Problem } from '@boti/director-api';
import { loadYaml } from '@boti/manifest';
import { z } from 'zod';
import { argument } from '../arguments/argument-spec.ts';
import { deploymentCommand } from '../command.ts';
import { type GroupPlan, requireFolderOf, scanByGroup, writeRecoveryPlan } from '../recovery/recovery-plan.ts';
import { Stopped, type Ui } from '../ui/ui.ts';
import { UsageError } from '../usage-error.ts';

export const createRecoveryPlan = deploymentCommand({
  name: 'create-recovery-plan',
  summary: 'Ask what to do about each type of problem, and write it into a file for recover',
  args: { path: argument('PATH') },

  async run(context, { path }) {
    const { ui, director, deployment } = context;
    if (!ui.isInteractive)
      throw new UsageError('A recovery plan is made of answers, and nobody can be asked', {
        hint: "Leave --non-interactive out, or use 'boti cloud-check --resolution'.",
      });
    await requireFolderOf(path);
    const groups = await scanByGroup(context);
    if (groups.size === 0) return ui.line('No problems found\n');
    const current = maxInFlightByGroup((await director.deployments.manifest(deployment)) ?? '{}');
    const plan: GroupPlan[] = [];
    for (const [name, problems] of groups) {
      ui.line(`Instance Group '${name}'\n`);
      const planned = await askResolutions(ui, problems);
      const override = await askMaxInFlight(ui, name, current.get(name) ?? '');
      plan.push({
        name,
        ...(override === undefined ? {} : { max_in_flight_override: override }),
        planned_resolutions: planned,
      });
    }
    await writeRecoveryPlan(path, plan);
  },
});

async function askResolutions(ui: Ui, problems: readonly Problem[]): Promise<Record<string, string>> {
  const chosen: Record<string, string> = {};
  const byType = [...Map.groupBy(problems, ({ type }) => type)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [type, list] of byType) {
    ui.table({
      title: `Problem type: ${type}`,
      content: `${type} problems`,
      header: ['#', 'Description'],
      rows: list.map(({ id, description }) => [String(id), description]),
    });
    const resolutions = list[0]?.resolutions ?? [];
    const at = await ui.choose(
      type,
      resolutions.map(({ plan }) => plan),
    );
    chosen[type] = resolutions[at]?.name ?? 'ignore';
  }
  return chosen;
}

/** Undefined where the manifest's value may stay. */
async function askMaxInFlight(ui: Ui, group: string, current: string): Promise<string | undefined> {
  try {
    await ui.confirm(`Override current max_in_flight value of '${current}'?`);
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  }
  return await ui.ask(`max_in_flight override for '${group}'`, current);
}

const updateSchema = z.object({ max_in_flight: z.union([z.string(), z.number()]).nullish() }).nullish();
const manifestSchema = z.object({
  update: updateSchema,
  instance_groups: z.array(z.object({ name: z.string(), update: updateSchema })).default([]),
});

function maxInFlightByGroup(manifest: string): ReadonlyMap<string, string> {
  const { update, instance_groups: groups } = manifestSchema.parse(loadYaml(manifest, { file: 'the manifest' }));
  return new Map(
    groups.map((group) => [group.name, String(group.update?.max_in_flight ?? update?.max_in_flight ?? '')]),
  );
}
