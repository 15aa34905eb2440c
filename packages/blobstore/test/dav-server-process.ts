import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../services/blobstore-server/src/main.ts', import.meta.url));

export interface DavServerProcess extends AsyncDisposable {
  /** Of the first address. */
  readonly port: number;
  readonly directory: string;
}

/** The real DAV server on a free port, with its own directory unless the configuration names one. */
export async function startDavServer(config: Record<string, unknown> = {}): Promise<DavServerProcess> {
  const home = await mkdtemp(join(tmpdir(), 'boti-dav-'));
  const directory = (config.directory as string | undefined) ?? join(home, 'blobs');
  const users = { read: [{ user: 'reader', password: 'r' }], write: [{ user: 'writer', password: 'w' }] };
  const defaults = { directory, listen: [{ host: '127.0.0.1', port: 0 }], users, secret: 'shared', log_level: 'error' };
  await writeFile(join(home, 'config.json'), JSON.stringify({ ...defaults, ...config }));
  const child = spawn(process.execPath, [program, '--config', join(home, 'config.json')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [ready] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { urls } = JSON.parse(ready) as { urls: readonly string[] };
  const stopped = once(child, 'exit');
  return {
    port: Number(new URL(urls[0] ?? '').port),
    directory,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await stopped;
      await rm(home, { recursive: true, force: true });
    },
  };
}
