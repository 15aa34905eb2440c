import { argument } from '../arguments/argument-spec.ts';
import { deploymentCommand } from '../command.ts';

export const deleteVm = deploymentCommand({
  name: 'delete-vm',
  summary: 'Delete a VM by its cloud ID',
  args: { cid: argument('CID') },

  async run({ ui, director, followTask }, { cid }) {
    await ui.confirm();
    await followTask(await director.instances.deleteVm(cid));
  },
});
