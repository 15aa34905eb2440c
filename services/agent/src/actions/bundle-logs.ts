import { randomUUID } from 'node:crypto';
import { chown, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfFile, ExpectedError, runCommand } from '@boti/core';
import { packLogs } from '../logs.ts';
import type { Action, Deps } from './action.ts';

/** Leaves the tarball on the VM, for a user who fetches it with scp. */
export function bundleLogs({ changesSystem, dirs }: Deps): Action<'bundle_logs'> {
  return {
    name: 'bundle_logs',
    mode: 'sync',
    minArgs: 1,
    async run([{ owning_user: user, log_type: type, filters }]) {
      await using tarball = await packLogs(dirs, type, filters);
      const path = join(dirs.tmp, `bosh-logs-${randomUUID()}.tgz`);
      await rename(tarball.path, path);
      if (changesSystem) await chown(path, await userId(user), 0);
      return { logs_tar_path: path, sha512: (await digestOfFile(path, 'sha512')).replace('sha512:', '') };
    },
  };
}

async function userId(user: string): Promise<number> {
  if (!/^[\w-]+$/.test(user)) throw new ExpectedError(`'${user}' is no user name`);
  return Number((await runCommand('id', ['-u', user])).stdout);
}
