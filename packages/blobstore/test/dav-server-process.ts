import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTempDir } from '@boti/core';
import { startProgram } from '@boti/testkit';

const program = fileURLToPath(new URL('../../../services/blobstore-server/src/main.ts', import.meta.url));

export interface DavServerProcess extends AsyncDisposable {
  /** Of the first address. */
  readonly port: number;
  readonly directory: string;
}

/** The real DAV server on a free port, with its own directory unless the configuration names one. */
export async function startDavServer(config: Record<string, unknown> = {}): Promise<DavServerProcess> {
  await using undo = new AsyncDisposableStack();
  const home = undo.use(await openTempDir('boti-dav-')).path;
  const directory = (config.directory as string | undefined) ?? join(home, 'blobs');
  const users = { read: [{ user: 'reader', password: 'r' }], write: [{ user: 'writer', password: 'w' }] };
  const defaults = { directory, listen: [{ host: '127.0.0.1', port: 0 }], users, secret: 'shared', log_level: 'error' };
  await writeFile(join(home, 'config.json'), JSON.stringify({ ...defaults, ...config }));
  const server = await startProgram(program, '--config', join(home, 'config.json'));
  undo.defer(() => server.stop());
  const started = undo.move();
  return {
    port: Number(new URL(server.urls[0] ?? '').port),
    directory,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
