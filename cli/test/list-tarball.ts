import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTempDir, runCommand } from '@boti/core';

export interface TarballList {
  /** `f 600 jobs/web.tgz` → the members of that archive, sorted. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly manifest: string;
}

/** What GNU tar says is in a release tarball. */
export async function listTarball(path: string): Promise<TarballList> {
  await using folder = await openTempDir('list-tarball-');
  await runCommand('tar', ['-xzf', path, '-C', folder.path]);
  const members: Record<string, readonly string[]> = {};
  for (const member of await list(path)) {
    const name = member.split(' ').slice(2).join(' ');
    members[member] = name.endsWith('.tgz') ? (await list(join(folder.path, name))).toSorted() : [];
  }
  return { members, manifest: await readFile(join(folder.path, 'release.MF'), 'utf8') };
}

/** `f 644 ./job.MF`, `d 755 ./templates`, `l 777 ./lnk -> a.txt` */
async function list(path: string): Promise<readonly string[]> {
  const { stdout } = await runCommand('tar', ['-tvzf', path]);
  return stdout.trimEnd().split('\n').map(described);
}

function described(line: string): string {
  const [permissions = '', , , , , ...name] = line.split(/ +/);
  const type = { '-': 'f', d: 'd', l: 'l' }[permissions[0] ?? ''] ?? '?';
  const mode = [1, 4, 7].map((at) => {
    const [read, write, execute] = permissions.slice(at, at + 3);
    return Number(read === 'r') * 4 + Number(write === 'w') * 2 + Number(execute === 'x');
  });
  return `${type} ${mode.join('')} ${name.join(' ').replace(/\/$/, '')}`;
}
