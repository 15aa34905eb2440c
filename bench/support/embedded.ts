import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { basicAuth, createDirectorClient, type DirectorClient } from '@boti/director-api';
import { tempDir } from '@boti/testkit';
import { Cleanups } from './cleanups.ts';
import { commandOf, type Memory, memoryOf } from './processes.ts';

/** Beside whatever else `boti up` runs on this machine. */
export const place = { network: '10.253.77.0/24', gateway: '10.253.77.1', listen: '127.0.77.1' } as const;

export interface Embedded {
  readonly stateDir: string;
  /** `boti up` with these further arguments, or another program in its place. */
  up(options?: {
    readonly args?: readonly string[];
    readonly program?: readonly string[];
    cwd?: string;
  }): Promise<void>;
  down(): Promise<void>;
  client(): Promise<DirectorClient>;
  pidOf(component: 'director' | 'nats-server' | 'blobstore'): Promise<number>;
}

const boti = join(import.meta.dirname, '../../bin/boti');

/** A Director with the container cloud in a state folder of its own; taken down and removed at the end. */
export async function withEmbedded(
  { cacheDir }: { readonly cacheDir?: string },
  work: (embedded: Embedded) => Promise<void>,
): Promise<void> {
  await using cleanups = new Cleanups();
  const stateDir = await tempDir(cleanups);
  await chmod(stateDir, 0o755);
  const env = { ...process.env, BOSH_CONFIG: join(stateDir, 'cli-config') };
  const run = (command: readonly string[], cwd?: string): Promise<void> =>
    runAloud(command, { env, ...(cwd === undefined ? {} : { cwd }) });
  const down = (): Promise<void> => run([boti, 'down', '--state-dir', stateDir]);
  cleanups.after(down);
  await work({
    stateDir,
    up: ({ args = [], program = [boti, 'up'], cwd } = {}) => {
      const where = ['--state-dir', stateDir, '--network', place.network, '--listen', place.listen];
      return run([...program, ...where, ...(cacheDir === undefined ? [] : ['--cache-dir', cacheDir]), ...args], cwd);
    },
    down,
    async client() {
      const { adminPassword } = await readJson<{ adminPassword: string }>(join(stateDir, 'credentials.json'));
      const caCert = await readFile(join(stateDir, 'certificates/ca.crt'), 'utf8');
      const auth = basicAuth('admin', adminPassword);
      const client = createDirectorClient({ url: `https://${place.listen}:25555`, caCert, auth });
      cleanups.after(() => client.close());
      return client;
    },
    pidOf: async (component) => (await readJson<{ pid: number }>(join(stateDir, 'run', `${component}.json`))).pid,
  });
}

/** Agent and job supervisor of one VM of this cloud. */
export async function agentMemory(stateDir: string, vmCid: string): Promise<{ agent: Memory; supervisor: Memory }> {
  const marker = join(stateDir, 'cloud/vms', vmCid);
  const found = new Map<string, Memory>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
    const program = /^\/var\/vcap\/bosh\/lib\/node .*\/(agent|supervisor)\.cjs/.exec(commandOf(pid))?.[1];
    if (program === undefined) continue;
    if ((await readFile(`/proc/${pid}/mountinfo`, 'utf8')).includes(marker)) found.set(program, memoryOf(pid));
  }
  const [agent, supervisor] = [found.get('agent'), found.get('supervisor')];
  if (agent === undefined || supervisor === undefined) throw new Error(`no agent and supervisor found in ${vmCid}`);
  return { agent, supervisor };
}

/** What it prints goes to stderr: stdout is for figures. */
export async function runAloud(
  [command = '', ...args]: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 2, 2] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}`);
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
