import { ExpectedError } from '@boti/core';
import type { Action, Deps } from './action.ts';

export function getTask({ tasks }: Deps): Action<'get_task'> {
  return {
    name: 'get_task',
    mode: 'sync',
    minArgs: 1,
    async run([id]) {
      const state = tasks.state(id);
      if (state.kind === 'running') return { agent_task_id: id, state: 'running' };
      if (state.kind === 'failed') throw new ExpectedError(`Task ${id} result: ${state.message}`);
      return state.value;
    },
  };
}
