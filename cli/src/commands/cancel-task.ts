import { argument } from '../arguments/argument-spec.ts';
import { directorCommand } from '../command.ts';

export const cancelTask = directorCommand({
  name: 'cancel-task',
  aliases: ['ct'],
  summary: 'Ask a task to stop at its next checkpoint',
  args: { id: argument('ID') },

  async run({ director }, { id }) {
    const task = await director.tasks.get(id);
    await director.tasks.cancel(task.id);
  },
});
