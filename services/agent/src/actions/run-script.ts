import { jobsOf } from '../apply/spec-store.ts';
import { genericScript, runJobScripts, withScript } from '../scripts/job-scripts.ts';
import type { Action, Deps } from './action.ts';

export function runScript({ dirs, logger, specs }: Deps): Action<'run_script'> {
  return {
    name: 'run_script',
    mode: 'async',
    minArgs: 2,
    async run([name, options]) {
      const jobs = jobsOf(await specs.get()).map((job) => job.name);
      const env = options.env ?? {};
      const scripts = (await withScript(dirs, jobs, name)).map((job) => genericScript(dirs, { job, name, env }));
      await runJobScripts(name, scripts, logger);
      return {};
    },
  };
}
