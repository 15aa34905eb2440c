import { deploymentCommand } from '../command.ts';

export const deleteSnapshots = deploymentCommand({
  name: 'delete-snapshots',
  summary: 'Delete all snapshots of the deployment',

  async run({ ui, director, deployment, followTask }) {
    await ui.confirm();
    await followTask(await director.snapshots.deleteAll(deployment));
  },
});
