import { within } from '../action-error.ts';
import type { Action, Deps } from './action.ts';

export function stop({ supervisor }: Deps): Action<'stop'> {
  return {
    name: 'stop',
    mode: 'async',
    async run(_, { protocol }) {
      const work = protocol >= 3 ? () => supervisor.stopAndWait() : () => supervisor.stop();
      await within('Stopping Monitored Services', work);
      return 'stopped';
    },
  };
}
