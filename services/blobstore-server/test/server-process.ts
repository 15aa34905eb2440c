import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { objectPath } from '@boti/blobstore';
import { openTempDir } from '@boti/core';
import { startProgram } from '@boti/testkit';

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export const writer = `Basic ${Buffer.from('writer:w').toString('base64')}`;
export const reader = `Basic ${Buffer.from('reader:r').toString('base64')}`;

export interface ServerProcess extends AsyncDisposable {
  readonly origins: readonly string[];
  readonly directory: string;
  readonly log: readonly string[];
  /** The address of a blob. */
  url(id: string): string;
  /** Uploads that are under way or were left behind. */
  incoming(): Promise<readonly string[]>;
}

export async function startServerProcess(config: Record<string, unknown> = {}): Promise<ServerProcess> {
  await using undo = new AsyncDisposableStack();
  const home = undo.use(await openTempDir('boti-blobstore-server-')).path;
  const directory = (config.directory as string | undefined) ?? join(home, 'blobs');
  const users = { read: [{ user: 'reader', password: 'r' }], write: [{ user: 'writer', password: 'w' }] };
  const listen = [
    { host: '127.0.0.1', port: 0 },
    { host: '127.0.0.2', port: 0 },
  ];
  const defaults = { directory, listen, users, secret: 'shared', log_level: 'debug' };
  await writeFile(join(home, 'config.json'), JSON.stringify({ ...defaults, ...config }));
  const server = await startProgram(program, '--config', join(home, 'config.json'));
  undo.defer(() => server.stop());
  const started = undo.move();
  return {
    origins: server.urls,
    directory,
    log: server.log,
    url: (id) => `${server.urls[0]}/${objectPath(id)}`,
    incoming: () => readdir(join(directory, '.incoming')),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
