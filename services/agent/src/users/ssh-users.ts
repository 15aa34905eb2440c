import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, runCommand, tryCommand, writeFileAtomic } from '@boti/core';
import type { Dirs } from '../dirs.ts';

const groups = ['vcap', 'admin', 'bosh_sudoers', 'bosh_sshers'];

export async function hostPublicKey(dirs: Dirs): Promise<string> {
  const path = dirs.etc('ssh/ssh_host_rsa_key.pub');
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ExpectedError(`Getting host public key: ${path} cannot be read`, { cause });
  }
}

/** A user for one ssh session: home in /var/vcap/bosh_ssh, in the groups that may log in and use sudo. */
export async function createSshUser(
  dirs: Dirs,
  { user, publicKey }: { readonly user: string; readonly publicKey: string },
): Promise<void> {
  if (!/^[a-z_][\w-]*$/.test(user)) throw new ExpectedError(`'${user}' is no user name`);
  const base = join(dirs.base, 'bosh_ssh');
  await mkdir(base, { recursive: true });
  await chmod(base, 0o755);
  if ((await tryCommand('id', ['-u', user])).exitCode !== 0) {
    await runCommand('useradd', ['-m', '-b', base, '-s', '/bin/bash', user]);
  }
  await chmod(join(base, user), 0o700);
  await runCommand('usermod', ['-G', groups.join(','), user]);
  await authorizeKeys(user, join(base, user), [publicKey]);
}

export async function authorizeKeys(user: string, home: string, keys: readonly string[]): Promise<void> {
  const dir = join(home, '.ssh');
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o700);
  const path = join(dir, 'authorized_keys');
  await writeFileAtomic(path, `${keys.map((key) => key.trim()).join('\n')}\n`, 0o600);
  await runCommand('chown', ['-R', `${user}:`, dir]);
}

/** Only users that ssh sessions have made (`bosh_…`) are deleted, whatever the expression matches. */
export async function deleteSshUsers(dirs: Dirs, expression: string): Promise<void> {
  const pattern = new RegExp(expression);
  const users = (await readFile(dirs.etc('passwd'), 'utf8')).split('\n').map((line) => line.split(':')[0] ?? '');
  for (const user of users) {
    if (!user.startsWith('bosh_') || !pattern.test(user)) continue;
    const { exitCode, stderr } = await tryCommand('userdel', ['-rf', user]);
    // 6: gone already; 12: home could not be removed.
    if (![0, 6, 12].includes(exitCode)) throw new ExpectedError(`Deleting user ${user}: ${stderr.trim()}`);
  }
}
