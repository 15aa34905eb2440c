import type { ApplySpec } from '@boti/agent-protocol';
import { ExpectedError } from '@boti/core';
import { within } from '../action-error.ts';
import { jobsOf } from '../apply/spec-store.ts';
import { type DrainParams, drainScript, shutdownParams, updateParams } from '../scripts/drain.ts';
import { runJobScripts, withScript } from '../scripts/job-scripts.ts';
import type { Action, Deps } from './action.ts';

export function drain({ dirs, logger, notifyShutdown, specs, supervisor }: Deps): Action<'drain'> {
  return {
    name: 'drain',
    mode: 'async',
    minArgs: 1,
    isCancellable: true,
    async run([type, next], { signal }) {
      const current = await specs.get();
      if (type === 'shutdown') await within('Notifying shutdown', notifyShutdown);
      const params = paramsFor(type, current, next);
      await within('Unmonitoring services', () => supervisor.unmonitor());
      const jobs = await withScript(
        dirs,
        jobsOf(current).map((job) => job.name),
        'drain',
      );
      const scripts = jobs.map((job) => drainScript(dirs, job, { params, signal }));
      await runJobScripts('drain', scripts, logger);
      return 0;
    },
  };
}

function paramsFor(type: string, current: ApplySpec, next: ApplySpec | undefined): DrainParams {
  if (type === 'shutdown') return shutdownParams(current, next);
  if (type !== 'update') throw new ExpectedError(`Unexpected call with drain type '${type}'`);
  if (next === undefined) throw new ExpectedError('Drain update requires new spec');
  return updateParams(current, next);
}
