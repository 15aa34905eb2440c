import { glob, lstat, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, openTempDir, runCommand, tryCommand } from '@boti/core';
import type { Dirs } from './dirs.ts';

export interface LogTarball extends AsyncDisposable {
  readonly path: string;
}

/**
 * Packs the logs that match the filters (`**` globs below the log directory; all when there are none). `type` is `job`,
 * `agent` or `system`, or several with commas: each type then has a directory of its own.
 */
export async function packLogs(dirs: Dirs, type: string, filters: readonly string[] | null): Promise<LogTarball> {
  const types = type.split(',').map((name) => name.trim());
  await using undo = new AsyncDisposableStack();
  const path = join(undo.use(await openTempDir('logs-', dirs.tmp)).path, 'logs.tar');
  await runCommand('tar', ['-cf', path, '-T', '/dev/null']);
  for (const name of types)
    await appendLogs(path, { dir: logDir(dirs, name), prefix: types.length > 1 ? `${name}/` : '', filters });
  await runCommand('gzip', ['-n', path]);
  const packed = undo.move();
  return { path: `${path}.gz`, [Symbol.asyncDispose]: () => packed.disposeAsync() };
}

function logDir(dirs: Dirs, type: string): string {
  if (type === 'job') return dirs.jobLogs;
  if (type === 'agent') return dirs.agentLogs;
  if (type === 'system') return dirs.systemLogs;
  throw new ExpectedError(`Invalid log type '${type}'`, { hint: 'Known are job, agent and system.' });
}

interface LogSource {
  readonly dir: string;
  readonly prefix: string;
  readonly filters: readonly string[] | null;
}

async function appendLogs(tarball: string, { dir, prefix, filters }: LogSource): Promise<void> {
  const patterns = filters !== null && filters.length > 0 ? filters : ['**/*'];
  const files = new Set<string>();
  for (const pattern of patterns) {
    for await (const name of glob(pattern, { cwd: dir })) {
      const isInside = !name.startsWith('..') && !name.startsWith('/');
      if (isInside && (await isFile(join(dir, name)))) files.add(name);
    }
  }
  if (files.size === 0) return;
  const list = `${tarball}.list`;
  await writeFile(
    list,
    [...files]
      .toSorted()
      .map((name) => `./${name}\0`)
      .join(''),
  );
  const args = ['-rf', tarball, '-C', dir, '--null', `--transform=s,^\\./,./${prefix},`, '-T', list];
  // Logs change while they are read: tar then ends with 1, and the tarball is good.
  const { exitCode, stderr } = await tryCommand('tar', ['--warning=no-file-changed', '--ignore-failed-read', ...args]);
  if (exitCode > 1) throw new ExpectedError(`Packing logs of ${dir}: ${stderr.trim()}`);
  await rm(list);
}

async function isFile(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
