import { within } from '../action-error.ts';
import type { Action, Deps } from './action.ts';

export function start({ applier, specs, supervisor }: Deps): Action<'start'> {
  return {
    name: 'start',
    mode: 'sync',
    async run() {
      const spec = await specs.get();
      await within('Configuring jobs', () => applier.configureJobs(spec));
      await within('Starting Monitored Services', () => supervisor.start());
      return 'started';
    },
  };
}
