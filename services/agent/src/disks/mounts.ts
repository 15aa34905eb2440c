import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ExpectedError, messageOf, runCommand } from '@boti/core';

export interface Mount {
  readonly device: string;
  readonly path: string;
}

const busyTries = 600;
const busyDelayMs = 1000;

async function mounts(): Promise<readonly Mount[]> {
  const text = await readFile('/proc/self/mounts', 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [device = '', path = ''] = line.split(' ');
      return { device: unescapePath(device), path: unescapePath(path) };
    });
}

/** What is mounted at a path; of several, the one on top. */
export async function mountAt(path: string): Promise<Mount | undefined> {
  return (await mounts()).findLast((mount) => mount.path === path);
}

export async function mountsOf(device: string): Promise<readonly Mount[]> {
  return (await mounts()).filter((mount) => mount.device === device);
}

export async function mount(device: string, path: string, options: readonly string[] = []): Promise<void> {
  await runCommand('mount', [...options, device, path]);
}

/** Unmounts, and tries again while the mount is busy: for ten minutes, as upstream does, or until it is told to stop. */
export async function unmount(path: string, signal?: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runCommand('umount', [path]);
      return;
    } catch (error) {
      if ((await mountAt(path)) === undefined) return;
      if (attempt >= busyTries || signal?.aborted) throw await busyError(path, error);
      await delay(busyDelayMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function busyError(path: string, cause: unknown): Promise<ExpectedError> {
  const users = await usersOf(path);
  const told = users.length === 0 ? '' : `, used by ${users.join(', ')}`;
  return new ExpectedError(`Unmounting ${path}: ${messageOf(cause)}${told}`, {
    hint: `See 'fuser -vm ${path}' for who uses it.`,
    cause,
  });
}

/** Processes with an open file or their working directory below the path: `redis-server (4711)`. */
async function usersOf(path: string): Promise<readonly string[]> {
  const users: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = ['cwd', 'root', ...fds.map((fd) => `fd/${fd}`)].map((link) => `/proc/${pid}/${link}`);
    const targets = await Promise.all(links.map((link) => readlink(link).catch(() => '')));
    if (!targets.some((target) => target === path || target.startsWith(`${path}/`))) continue;
    users.push(`${(await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim()} (${pid})`);
  }
  return users;
}

/** Blanks and the like stand as octal numbers in /proc/self/mounts. */
function unescapePath(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
