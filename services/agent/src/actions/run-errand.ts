import type { ApplySpec } from '@boti/agent-protocol';
import { ExpectedError } from '@boti/core';
import { within } from '../action-error.ts';
import { scriptPath } from '../scripts/job-scripts.ts';
import { runProgram } from '../scripts/run-program.ts';
import type { Action, Deps } from './action.ts';

/** More output than this cannot be sent anyway. */
const keptBytes = 1024 * 1024;

export function runErrand({ dirs, specs }: Deps): Action<'run_errand'> {
  return {
    name: 'run_errand',
    mode: 'async',
    isCancellable: true,
    async run([name], { signal }) {
      const job = errandJob(await specs.get(), name);
      const argv = [scriptPath(dirs, job, 'run')];
      const result = await within('Running errand script', () => runProgram({ argv, signal, keptBytes }));
      return { stdout: result.stdout.text, stderr: result.stderr.text, exit_code: result.exitCode };
    },
  };
}

function errandJob({ job }: ApplySpec, name: string | undefined): string {
  if (name === undefined) {
    if (job?.template) return job.template;
    throw new ExpectedError('At least one job template is required to run an errand');
  }
  if (job?.templates?.some((template) => template.name === name)) return name;
  throw new ExpectedError(`Could not find errand ${name}`);
}
