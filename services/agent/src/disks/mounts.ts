import { readFile } from 'node:fs/promises';
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

/** Unmounts, and tries again while the mount is busy. */
export async function unmount(path: string, tries = busyTries): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runCommand('umount', [path]);
      return;
    } catch (error) {
      if ((await mountAt(path)) === undefined) return;
      if (attempt >= tries) {
        throw new ExpectedError(`Unmounting ${path}: ${messageOf(error)}`, {
          hint: `See 'fuser -vm ${path}' for who uses it.`,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, busyDelayMs));
    }
  }
}

/** Blanks and the like stand as octal numbers in /proc/self/mounts. */
function unescapePath(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
