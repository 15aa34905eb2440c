import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed, ExpectedError, runCommand, tryCommand } from '@boti/core';
import { z } from 'zod';
import type { RuntimeName } from './requirements.ts';

const stateSchema = z.looseObject({ status: z.string(), pid: z.number() });

/** runc or crun. Both understand the same commands. */
export interface Runtime {
  /** Starts a container from `bundle`/config.json; its output goes to the end of `consoleLog`. */
  run(
    name: string,
    bundle: string,
    options: { readonly consoleLog: string; readonly signal?: AbortSignal },
  ): Promise<void>;
  /** Process id of the container's init; undefined when it does not run. */
  pid(name: string): Promise<number | undefined>;
  exec(name: string, command: readonly string[]): Promise<void>;
  kill(name: string, signal: 'HUP' | 'KILL'): Promise<void>;
  /** Ends it at once and removes what the runtime keeps of it. Absent is success. */
  remove(name: string): Promise<void>;
}

export function runtime(program: RuntimeName, root: string): Runtime {
  const base = ['--root', root];
  const state = async (name: string): Promise<z.infer<typeof stateSchema> | undefined> => {
    const { exitCode, stdout } = await tryCommand(program, [...base, 'state', name]);
    return exitCode === 0 ? stateSchema.parse(JSON.parse(stdout)) : undefined;
  };
  return {
    async run(name, bundle, { consoleLog, signal }) {
      const log = join(bundle, 'runtime.log');
      const args = [...base, '--log', log, 'run', '--detach', '--bundle', bundle, name];
      await runDetached(program, args, { consoleLog, log, ...(signal !== undefined && { signal }) });
    },
    async pid(name) {
      const found = await state(name);
      return found === undefined || found.status === 'stopped' ? undefined : found.pid;
    },
    async exec(name, command) {
      await runCommand(program, [...base, 'exec', name, ...command]);
    },
    async kill(name, signal) {
      await tryCommand(program, [...base, 'kill', name, signal]);
    },
    async remove(name) {
      const { exitCode, stderr } = await tryCommand(program, [...base, 'delete', '--force', name]);
      if (exitCode === 0 || /does not exist/.test(stderr)) return;
      throw new ExpectedError(`Container ${name} cannot be removed: ${stderr.trim()}`);
    },
  };
}

/** The container inherits the output files, so they must not be pipes that end with this process. */
async function runDetached(
  program: string,
  args: readonly string[],
  { consoleLog, log, signal }: { readonly consoleLog: string; readonly log: string; readonly signal?: AbortSignal },
): Promise<void> {
  signal?.throwIfAborted();
  await using console = await open(consoleLog, 'a', 0o600);
  const child = spawn(program, args, { stdio: ['ignore', console.fd, console.fd] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  const message = await readFile(log, 'utf8').catch(() => '');
  throw new CommandFailed(`${program} run`, `failed with exit code ${code}`, { stderr: message });
}
