import { argument } from '../arguments/argument-spec.ts';
import { directorCommand } from '../command.ts';

export const deleteDisk = directorCommand({
  name: 'delete-disk',
  summary: 'Delete an orphaned disk',
  args: { cid: argument('CID') },

  async run({ ui, director, followTask }, { cid }) {
    await ui.confirm();
    await followTask(await director.disks.delete(cid));
  },
});
