import { argument } from '../arguments/argument-spec.ts';
import { directorCommand } from '../command.ts';

export const orphanDisk = directorCommand({
  name: 'orphan-disk',
  summary: 'Take a disk from its instance and keep it as orphaned',
  args: { cid: argument('CID') },

  async run({ ui, director, followTask }, { cid }) {
    await ui.confirm();
    await followTask(await director.disks.orphan(cid));
  },
});
