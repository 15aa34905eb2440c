import { access, constants, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ExpectedError } from '@boti/core';
import { CloudError } from '@boti/cpi-sdk';
import { freeSpaceHint } from './shell.ts';

export type CgroupMode = 'v1' | 'hybrid' | 'v2';
export type RuntimeName = 'runc' | 'crun';

/** Space that must be left on the disk before anything is made: a full disk stops everybody's VMs. */
const reserveMib = 512;

export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new ExpectedError('The container cloud needs root: it mounts disks and makes network interfaces', {
    hint: 'Run it as root, or with sudo.',
  });
}

export async function cgroupMode(root = '/sys/fs/cgroup'): Promise<CgroupMode> {
  if (await exists(join(root, 'cgroup.controllers'))) return 'v2';
  if (await exists(join(root, 'memory', 'tasks'))) {
    return (await exists(join(root, 'unified', 'cgroup.procs'))) ? 'hybrid' : 'v1';
  }
  throw new ExpectedError(`No control groups are mounted at ${root}: VMs cannot be limited`, {
    hint: `Mount them, for example with 'mount -t cgroup2 none ${root}', and give the memory and cpu controllers to it.`,
  });
}

/** crun is quicker, but refuses machines that mount both versions of control groups. */
export async function chooseRuntime(wanted: RuntimeName | 'auto', mode: CgroupMode): Promise<RuntimeName> {
  const preferred: readonly RuntimeName[] = mode === 'hybrid' ? ['runc'] : ['crun', 'runc'];
  const candidates = wanted === 'auto' ? preferred : [wanted];
  for (const name of candidates) {
    if (await isOnPath(name)) return name;
  }
  throw new ExpectedError(`No container runtime: ${candidates.join(' or ')} is not on PATH`, {
    hint: `Install it: apt-get install ${candidates[0]}`,
  });
}

export async function requireSpace(dir: string): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const freeMib = Math.floor((bavail * bsize) / 2 ** 20);
  if (freeMib >= reserveMib) return;
  throw new CloudError('NoDiskSpace', `Only ${freeMib} MiB are free at ${dir}, at least ${reserveMib} must be`, {
    hint: freeSpaceHint,
  });
}

async function isOnPath(program: string): Promise<boolean> {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    if (await exists(join(dir, program), constants.X_OK)) return true;
  }
  return false;
}

async function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}
