import { ExpectedError } from '@boti/core';
import type { CommandContext } from '../command.ts';
import type { BotiHome } from './boti-home.ts';
import { components } from './components.ts';
import { localDirector } from './local-director.ts';
import { runningProcess } from './process-control.ts';
import type { Progress } from './progress.ts';

/**
 * Has the Director delete what it has made on a cloud that is not boti's own: only it knows what that is. Deployments go
 * first, then the disks and stemcells that are left.
 */
export async function emptyForeignCloud(context: CommandContext, home: BotiHome, progress: Progress): Promise<void> {
  if ((await runningProcess(home, 'director')) === undefined) {
    throw new ExpectedError('The Director does not run, so VMs on the foreign cloud cannot be deleted', {
      hint: "Start it with 'boti up', then 'boti down' again; or 'boti down --keep', which leaves them alone.",
    });
  }
  const isUp =
    components(home)
      .find(({ name }) => name === 'director')
      ?.isReady() ?? false;
  if (!(await isUp)) throw new ExpectedError('The Director does not answer', { hint: "'boti status' names its log." });
  using closing = new DisposableStack();
  const { director, followTask } = await localDirector(context, home, { deployment: '', closing });
  for (const { name } of await director.deployments.list({ withConfigs: false })) {
    await progress.step(`deployment ${name}`, async () => {
      await followTask(await director.deployments.delete(name, false));
      return 'deleted';
    });
  }
  await progress.step('disks and stemcells', async () => {
    await followTask(await director.cleanUp.run(true, false));
    return 'removed';
  });
}
