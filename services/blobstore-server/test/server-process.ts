import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { objectPath } from '@boti/blobstore';

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
  const home = await mkdtemp(join(tmpdir(), 'boti-blobstore-server-'));
  const directory = (config.directory as string | undefined) ?? join(home, 'blobs');
  const users = { read: [{ user: 'reader', password: 'r' }], write: [{ user: 'writer', password: 'w' }] };
  const listen = [
    { host: '127.0.0.1', port: 0 },
    { host: '127.0.0.2', port: 0 },
  ];
  const defaults = { directory, listen, users, secret: 'shared', log_level: 'debug' };
  await writeFile(join(home, 'config.json'), JSON.stringify({ ...defaults, ...config }));
  const child = spawn(process.execPath, [program, '--config', join(home, 'config.json')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const [ready] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { urls: origins } = JSON.parse(ready) as { urls: readonly string[] };
  const stopped = once(child, 'exit');
  return {
    origins,
    directory,
    log,
    url: (id) => `${origins[0]}/${objectPath(id)}`,
    incoming: () => readdir(join(directory, '.incoming')),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await stopped;
      await rm(home, { recursive: true, force: true });
    },
  };
}
