import { list } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';

export const cancelTasks = directorCommand({
  name: 'cancel-tasks',
  aliases: ['cts'],
  summary: 'Ask all tasks of some types or states to stop',
  options: {
    type: list('Type of task; may be given several times', { short: 't' }),
    state: list('State of task, queued or processing (default queued); may be given several times', { short: 's' }),
  },

  async run({ director, globals: { deployment } }, { type, state }) {
    await director.tasks.cancelAll({
      states: state.length === 0 ? ['queued'] : [...state],
      types: [...type],
      ...(deployment === undefined ? {} : { deployment }),
    });
  },
});
