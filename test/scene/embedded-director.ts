import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@boti/core';
import { type Trace, traceOf } from './machine-remains.ts';

export const root = join(import.meta.dirname, '../..');
export const botiProgram = join(root, 'bin/boti');

/** Stemcells and compiled packages are taken from where `npm run up` keeps them too: by content, so nothing old is met. */
export const cacheDir = process.env.BOTI_TEST_CACHE ?? '/var/lib/boti/cache';

/** A Director and a cloud of a test file's own, beside whatever else runs on this machine. */
export interface EmbeddedDirector extends AsyncDisposable {
  /** Removed in the end. */
  readonly dir: string;
  /** What `BOTI_HOME` names. */
  readonly home: string;
  readonly url: string;
  readonly caCert: string;
  /** For every program that is to meet this Director and no other. */
  readonly env: Readonly<Record<string, string>>;
  /** What all this leaves on the machine goes by these names. */
  readonly trace: Trace;
  /** An address in the VMs' network. */
  ip(host: number): string;
  /** Runs `bin/boti`, and throws all it has said when it fails. */
  boti(...args: readonly string[]): Promise<string>;
  up(...flags: readonly string[]): Promise<string>;
  /** Starts `boti up` and leaves it to the test. */
  startUp(...flags: readonly string[]): ChildProcess;
  down(...flags: readonly string[]): Promise<string>;
}

const minutes = 60_000;

export async function embeddedDirector(): Promise<EmbeddedDirector> {
  if (process.getuid?.() !== 0) throw new Error('These tests make mounts, namespaces and bridges: run them as root');
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'boti-end-to-end-')));
  // PostgreSQL runs as another user and must get through.
  await chmod(dir, 0o711);
  const home = join(dir, 'home');
  await mkdir(join(dir, 'user'));
  const number = 1 + (process.pid % 250);
  const listen = `127.0.${number}.1`;
  const env = environment(dir, home);
  const place = ['--network', `10.247.${number}.0/24`, '--listen', listen, '--cache-dir', cacheDir];
  const boti = async (...args: readonly string[]): Promise<string> =>
    (await runCommand(botiProgram, args, { env, timeoutMs: 10 * minutes })).stdout;
  const trace = traceOf(home, `boti-247-${number}`);
  const down: EmbeddedDirector['down'] = (...flags) => boti('down', ...flags);

  return {
    dir,
    home,
    url: `https://${listen}:25555`,
    caCert: join(home, 'certificates/ca.crt'),
    env,
    trace,
    ip: (host) => `10.247.${number}.${host}`,
    boti,
    up: (...flags) => boti('up', ...place, ...flags),
    startUp: (...flags) => spawn(botiProgram, ['up', ...place, ...flags], { env, detached: true, stdio: 'pipe' }),
    down,
    async [Symbol.asyncDispose]() {
      trace[Symbol.dispose]();
      await down();
      await rm(dir, { recursive: true });
    },
  };
}

/** Nothing of the caller's own environments reaches the programs, and nothing of theirs the caller's. */
function environment(dir: string, home: string): Readonly<Record<string, string>> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('BOSH_') && name !== 'NODE_OPTIONS',
  );
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    HOME: join(dir, 'user'),
    BOTI_HOME: home,
    BOSH_CONFIG: join(dir, 'config.yml'),
    BOSH_NON_INTERACTIVE: 'true',
  };
}

/** A stemcell of the universal kind; with another agent when one is given. */
export async function stemcell({ boti, dir }: EmbeddedDirector, agent: string | undefined): Promise<string> {
  const path = join(dir, 'stemcell.tgz');
  const flags = agent === undefined ? [] : ['--agent', agent];
  await boti('stemcell', 'build', '--cache-dir', cacheDir, '--output', path, ...flags);
  return path;
}
