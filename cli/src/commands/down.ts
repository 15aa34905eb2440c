import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, tryCommand } from '@boti/core';
import { flag, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { type BotiHome, botiHome, usualCache } from '../embedded/boti-home.ts';
import { removeBridge } from '../embedded/bridge.ts';
import { offeredCloud } from '../embedded/cloud-api.ts';
import { components } from '../embedded/components.ts';
import { emptyForeignCloud } from '../embedded/empty-foreign-cloud.ts';
import { readForeignCpi } from '../embedded/foreign-cpi.ts';
import { holdHome } from '../embedded/hold-home.ts';
import { stopComponent } from '../embedded/process-control.ts';
import { type Progress, progressOn } from '../embedded/progress.ts';
import { unregisterAlias } from '../embedded/register-alias.ts';
import { configFiles } from '../embedded/write-configs.ts';

export const down = localCommand({
  name: 'down',
  summary: "Stop what 'up' has started and remove it; caches stay",
  options: {
    keep: flag("Keep database, blobs, VMs' disks and passwords for the next 'up'"),
    stateDir: text('Where everything is kept (default $BOTI_HOME, /var/lib/boti or ~/.boti)', { placeholder: 'DIR' }),
  },

  async run(context, { keep, stateDir }) {
    const home = botiHome(context.env, stateDir);
    const progress = progressOn(context.ui);
    if (process.getuid?.() !== 0) {
      throw new ExpectedError('Stopping the embedded cloud needs root', { hint: "Run it as root, or with 'sudo'." });
    }
    await using _held = await holdHome(home.dir, 'down');
    const isForeign = (await readForeignCpi(home.dir)) !== undefined;
    if (isForeign && !keep) await emptyForeignCloud(context, home, progress);
    for (const component of [...(await offeredCloud(home)), ...components(home).toReversed()]) {
      await progress.step(component.name, async () =>
        (await stopComponent(home, component)) ? 'stopped' : 'did not run',
      );
    }
    if (!isForeign) await removeVms(home, progress, keep);
    await removeBridge(home.addresses);
    if (keep) return progress.say(`Everything is kept in ${home.dir}; 'boti up' goes on from there.`);
    await unregisterAlias(context, home);
    await removeState(home);
    progress.say(`Removed. Stemcells and compiled packages stay in ${home.cache}.`);
  },
});

/** The CPI knows what it has made: VMs, disks, mounts, loop devices, interfaces. */
async function removeVms(home: BotiHome, progress: Progress, keep: boolean): Promise<void> {
  const isThere = (await readdir(home.cloud).catch(() => [])).length > 0;
  if (!isThere) return;
  await progress.step('VMs', async (detail) => {
    const { exitCode, stdout, stderr } = await tryCommand(configFiles(home).cpiExecutable, [keep ? 'stop' : 'cleanup']);
    for (const line of stdout.split('\n').filter((one) => one !== '')) detail(line);
    if (exitCode === 0) return keep ? 'stopped' : 'removed';
    throw new ExpectedError(`The cloud could not be cleaned up:\n${stderr.trimEnd()}`, {
      hint: "Mend the cause and run 'boti down' again.",
    });
  });
}

/** All but the cache, and one that an earlier `up` may have had in the usual place. */
async function removeState(home: BotiHome): Promise<void> {
  for (const name of await readdir(home.dir).catch(() => [])) {
    if (![home.cache, usualCache(home.dir)].includes(join(home.dir, name)))
      await rm(join(home.dir, name), { recursive: true, force: true });
  }
}
