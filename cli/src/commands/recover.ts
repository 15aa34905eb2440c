import { ExpectedError } from '@boti/core';
import type { Problem } from '@boti/director-api';
import { argument } from '../arguments/argument-spec.ts';
import { deploymentCommand } from '../command.ts';
import { type GroupPlan, readRecoveryPlan, scanByGroup } from '../recovery/recovery-plan.ts';
import type { Ui } from '../ui/ui.ts';

export const recover = deploymentCommand({
  name: 'recover',
  summary: 'Mend what differs from the cloud, as a recovery plan says',
  args: { path: argument('PATH') },

  async run(context, { path }) {
    const { ui, director, deployment, followTask } = context;
    const plans = await readRecoveryPlan(path);
    const groups = await scanByGroup(context);
    if (groups.size === 0) return ui.line('No problems found\n');
    const planOf = (group: string): GroupPlan | undefined => plans.find(({ name }) => name === group);
    for (const [group, problems] of groups) showPlan(ui, { group, problems, plan: planOf(group) });
    await ui.confirm();
    const resolutions = [...groups].flatMap(([group, problems]) =>
      problems.map((problem) => [problem.id, resolutionOf(problem, planOf(group))?.name ?? 'ignore'] as const),
    );
    const overrides = plans.flatMap(({ name, max_in_flight_override: value = '' }) => (value ? [[name, value]] : []));
    await followTask(
      await director.cloudCheck.resolve(deployment, Object.fromEntries(resolutions), Object.fromEntries(overrides)),
    );
  },
});

type Resolution = Problem['resolutions'][number];

interface Shown {
  readonly group: string;
  readonly problems: readonly Problem[];
  readonly plan: GroupPlan | undefined;
}

function showPlan(ui: Ui, { group, problems, plan }: Shown): void {
  const override = plan?.max_in_flight_override ?? '';
  ui.table({
    title: `Instance Group '${group}' plan summary${override && ` (max_in_flight override: ${override})`}`,
    header: ['#', 'Planned resolution', 'Description'],
    rows: problems.map((problem) => [
      String(problem.id),
      resolutionOf(problem, plan)?.plan ?? 'No resolution planned',
      problem.description,
    ]),
  });
}

/** Undefined where nothing is planned for this type of problem. */
function resolutionOf({ type, resolutions }: Problem, plan: GroupPlan | undefined): Resolution | undefined {
  const planned = plan?.planned_resolutions[type];
  if (planned === undefined) return undefined;
  const found = resolutions.find(({ name }) => name === planned);
  if (found !== undefined) return found;
  throw new ExpectedError(`The plan for '${plan?.name}' has '${planned}' for ${type}, which is no resolution of it`, {
    hint: `Use one of ${resolutions.map(({ name }) => name).join(', ')}.`,
  });
}
