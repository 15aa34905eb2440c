import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@boti/testkit';
import { directorCli } from './director-cli.ts';
import { botiProgram, type EmbeddedDirector, root } from './embedded-director.ts';

/** Runs the Director with other settings, and sends VMs to another bus, until disposed; then `up` starts it again. */
export async function startDirectorWith(
  { home, dir, env }: EmbeddedDirector,
  settings: Readonly<Record<string, unknown>>,
  mbus: string,
): Promise<AsyncDisposable> {
  const config = join(dir, 'altered-director.json');
  const usual = JSON.parse(await readFile(join(home, 'etc/director.json'), 'utf8')) as { agent: object };
  await writeFile(config, JSON.stringify({ ...usual, ...settings, agent: { ...usual.agent, mbus } }));
  await stopUsual(home);
  const main = join(root, 'services/director/src/main.ts');
  const child = spawn(join(root, 'bin/node'), [main, '--config', config], { stdio: 'ignore' });
  const ended = once(child, 'close');
  const cli = directorCli(botiProgram, { ...env, BOSH_ENVIRONMENT: 'boti' });
  await waitFor('the Director', async () => (await cli.attempt('env')).exitCode === 0, 60_000);
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function stopUsual(home: string): Promise<void> {
  const { pid } = JSON.parse(await readFile(join(home, 'run/director.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGTERM');
  await waitFor('the Director to end', () => !isAlive(pid), 60_000);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
