import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@boti/core';
import type { BotiHome } from './boti-home.ts';
import { ensureBridge } from './bridge.ts';
import { components } from './components.ts';
import { runningProcess, startComponent } from './process-control.ts';
import type { Progress } from './progress.ts';
import { configFiles } from './write-configs.ts';

/** Starts what does not run: bridge, nats-server, blobstore, VMs that were stopped, Director. */
export async function startComponents(home: BotiHome, progress: Progress, signal: AbortSignal): Promise<void> {
  await ensureBridge(home.addresses);
  const [nats, blobstore, director] = components(home);
  const start = async (component: typeof nats): Promise<void> => {
    if (component === undefined) return;
    await progress.step(component.name, async () =>
      (await startComponent(home, component, signal)) ? 'started' : 'runs already',
    );
  };
  await Promise.all([start(nats), start(blobstore)]);
  const isUp = director !== undefined && (await runningProcess(home, director.name)) !== undefined;
  if (!isUp) await startStoppedVms(home, progress, signal);
  await start(director);
}

/** VMs that `down --keep`, or a restart of the machine, has stopped. */
export async function startStoppedVms(home: BotiHome, progress: Progress, signal: AbortSignal): Promise<void> {
  const vms = await readdir(join(home.cloud, 'vms')).catch(() => []);
  if (vms.length === 0) return;
  await progress.step('VMs', async (detail) => {
    const { stdout } = await runCommand(configFiles(home).cpiExecutable, ['start'], { signal });
    for (const line of stdout.split('\n').filter((one) => one !== '')) detail(line);
    return 'run';
  });
}
