import { lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, messageOf, runCommand } from '@boti/core';
import type { Dirs } from '../dirs.ts';
import { mountAt } from '../disks/mounts.ts';
import type { Ownership } from '../ownership.ts';

/** The directories below /var/vcap that jobs and the agent count on. */
export async function makeDataDirs(dirs: Dirs, ownership: Ownership): Promise<void> {
  const { data } = dirs;
  await mkdir(dirs.bosh, { recursive: true });
  await ownership.makeDir(data, 0o750);
  for (const name of ['sys', 'sys/log', 'sys/run', 'jobs']) await ownership.makeDir(join(data, name), 0o750);
  for (const name of ['packages', 'compile', 'tmp']) await ownership.makeDir(join(data, name), 0o755);
  for (const dir of [dirs.blobs, dirs.sensitiveBlobs, dirs.dynamicDisks]) await ownership.makeDir(dir, 0o700);
  await ownership.makeDir(dirs.monit, 0o700);
  await ownership.makeDir(dirs.monitJobs, 0o700);
  await ownership.makeDir(dirs.instance, 0o755);
  await linkOnce(join(data, 'sys'), join(dirs.base, 'sys'));
}

/** pidfiles must not outlive a boot: /var/vcap/sys/run is in memory. */
export async function mountRunDir(
  dirs: Dirs,
  ownership: Ownership,
  options: { size: string; logger: Logger },
): Promise<void> {
  const run = join(dirs.data, 'sys/run');
  if ((await mountAt(run)) !== undefined) return;
  try {
    await runCommand('mount', ['-t', 'tmpfs', '-o', `size=${options.size}`, 'tmpfs', run]);
    await ownership.makeDir(run, 0o750);
  } catch (error) {
    options.logger.warn('sys/run stays on disk', { error: messageOf(error) });
  }
}

async function linkOnce(target: string, link: string): Promise<void> {
  if ((await readlink(link).catch(() => undefined)) === target) return;
  const present = await lstat(link).catch(() => undefined);
  // A stemcell may bring a directory of that name: jobs then use it as it is.
  if (present === undefined) await symlink(target, link);
}
