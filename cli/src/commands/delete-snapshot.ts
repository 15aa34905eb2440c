import { argument } from '../arguments/argument-spec.ts';
import { deploymentCommand } from '../command.ts';

export const deleteSnapshot = deploymentCommand({
  name: 'delete-snapshot',
  summary: 'Delete a snapshot',
  args: { cid: argument('CID') },

  async run({ ui, director, deployment, followTask }, { cid }) {
    await ui.confirm();
    await followTask(await director.snapshots.delete(deployment, cid));
  },
});
