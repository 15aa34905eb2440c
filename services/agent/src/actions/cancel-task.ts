import type { Action, Deps } from './action.ts';

export function cancelTask({ tasks }: Deps): Action<'cancel_task'> {
  return {
    name: 'cancel_task',
    mode: 'sync',
    minArgs: 1,
    async run([id]) {
      tasks.cancel(id);
      return 'canceled';
    },
  };
}
