import { argument } from '../arguments/argument-spec.ts';
import { directorCommand } from '../command.ts';

export const deleteNetwork = directorCommand({
  name: 'delete-network',
  summary: 'Delete an orphaned network',
  args: { name: argument('NAME') },

  async run({ ui, director, followTask }, { name }) {
    await ui.confirm();
    await followTask(await director.disks.deleteNetwork(name));
  },
});
