import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedError, isThere, tryCommand } from '@boti/core';

/**
 * Copies the Node that runs this program, without its symbols: a quarter smaller. Stripping takes seconds, so the
 * result is kept in `cacheDir`.
 */
export async function copyStrippedNode(target: string, cacheDir: string): Promise<void> {
  const node = await realpath(process.execPath);
  const cached = join(cacheDir, `node-${await hashOf(node)}`);
  if (!(await isThere(cached))) await strip(node, cached);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(cached, target);
  await chmod(target, 0o755);
}

async function strip(node: string, cached: string): Promise<void> {
  const partial = `${cached}.${process.pid}`;
  await mkdir(dirname(cached), { recursive: true });
  try {
    await copyFile(node, partial);
    await chmod(partial, 0o755);
    await runStrip(partial);
    await rename(partial, cached);
  } finally {
    await rm(partial, { force: true });
  }
}

async function runStrip(path: string): Promise<void> {
  const hint = 'Install the package binutils.';
  const { exitCode, stderr } = await tryCommand('strip', [path]).catch((cause: unknown) => {
    throw new ExpectedError(`The symbols of '${path}' cannot be taken away: 'strip' did not start`, { cause, hint });
  });
  if (exitCode !== 0) throw new ExpectedError(`'strip ${path}' failed: ${stderr.trim()}`);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex').slice(0, 16);
}
