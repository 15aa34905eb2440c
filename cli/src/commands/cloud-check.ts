import { ExpectedError } from '@boti/core';
import type { Problem } from '@boti/director-api';
import { flag, list } from '../arguments/option-spec.ts';
import { deploymentCommand } from '../command.ts';
import type { Ui } from '../ui/ui.ts';
import { UsageError } from '../usage-error.ts';

export const cloudCheck = deploymentCommand({
  name: 'cloud-check',
  aliases: ['cck', 'cloudcheck'],
  summary: 'Compare the deployment with the cloud and mend what differs',
  options: {
    auto: flag('Take the usual resolution of each problem', { short: 'a' }),
    resolution: list('Take this resolution where it is offered; may be given several times'),
    report: flag('Only show the problems', { short: 'r' }),
  },

  async run({ ui, director, deployment, followTask }, { auto, resolution, report }) {
    const scan = await director.cloudCheck.scan(deployment);
    await followTask(scan);
    const problems = (await director.cloudCheck.problems(deployment)).toSorted((a, b) => a.id - b.id);
    ui.table({
      content: 'problems',
      header: ['#', 'Type', 'Description'],
      rows: problems.map(({ id, type, description }) => [String(id), type, description]),
    });
    if (problems.length === 0) return;
    if (report) throw new ExpectedError(`${problems.length} problem(s) found`);
    const resolutions = auto
      ? automatic(problems)
      : resolution.length > 0
        ? named(problems, resolution)
        : await asked(ui, problems);
    await ui.confirm();
    await followTask(await director.cloudCheck.resolve(deployment, resolutions));
  },
});

type Resolutions = Record<string, string | null>;

/** Null leaves the choice to the Director. */
function automatic(problems: readonly Problem[]): Resolutions {
  return Object.fromEntries(problems.map(({ id }) => [id, null]));
}

function named(problems: readonly Problem[], wanted: readonly string[]): Resolutions {
  return Object.fromEntries(
    problems.map(({ id, resolutions }) => [
      id,
      wanted.find((name) => resolutions.some((offered) => offered.name === name)) ?? 'ignore',
    ]),
  );
}

async function asked(ui: Ui, problems: readonly Problem[]): Promise<Resolutions> {
  if (!ui.isInteractive) throw new UsageError('Expected --auto or --resolution where nobody can be asked');
  const chosen: Resolutions = {};
  for (const { id, description, resolutions } of problems) {
    const plans = resolutions.map(({ plan }) => plan);
    chosen[id] = resolutions[await ui.choose(description, plans)]?.name ?? 'ignore';
  }
  return chosen;
}
