import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Program } from './monitrc/model.ts';

/** A start, stop or exec program while it runs. It never dies with the supervisor: it has a session of its own. */
export interface RunningProgram {
  /** Exit code, or a text when it could not be started or was killed; undefined while it runs. */
  readonly ended: number | string | undefined;
  /** Ends the program and what it has started in its process group. */
  kill(signal: NodeJS.Signals): void;
}

export interface RunContext {
  readonly service: string;
  readonly event: string;
  /** Takes what the program prints; monit throws it away, here it explains failed starts. */
  readonly outputFile: string;
  readonly truncate: boolean;
  readonly onEnd: () => void;
}

export function runProgram(program: Program, context: RunContext): RunningProgram {
  const state: { ended: number | string | undefined } = { ended: undefined };
  const end = (how: number | string): void => {
    state.ended ??= how;
    context.onEnd();
  };
  const output = openOutput(context);
  let child: ChildProcess | undefined;
  try {
    child = spawn(program.argv[0] ?? '', program.argv.slice(1), {
      cwd: '/',
      detached: true,
      stdio: ['ignore', output, output],
      env: environment(context),
      ...ownerOf(program),
    });
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => end(code ?? `killed by ${signal}`));
    child.unref();
  } catch (error) {
    setImmediate(end, error instanceof Error ? error.message : String(error));
  } finally {
    closeSync(output);
  }
  return {
    get ended() {
      return state.ended;
    },
    kill: (signal) => killGroup(child?.pid, signal),
  };
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

function openOutput({ outputFile, truncate }: RunContext): number {
  mkdirSync(dirname(outputFile), { recursive: true, mode: 0o750 });
  return openSync(outputFile, truncate ? 'w' : 'a', 0o640);
}

function environment({ service, event }: RunContext): NodeJS.ProcessEnv {
  return {
    PATH: '/bin:/usr/bin:/sbin:/usr/sbin',
    MONIT_SERVICE: service,
    MONIT_EVENT: event,
    MONIT_DATE: new Date().toUTCString(),
  };
}

function ownerOf({ uid, gid }: Program): { uid?: number; gid?: number } {
  const user = uid === undefined ? undefined : lookUp('/etc/passwd', uid);
  const group = gid === undefined ? undefined : lookUp('/etc/group', gid);
  return { ...(user !== undefined && { uid: user }), ...(group !== undefined && { gid: group }) };
}

function lookUp(file: string, name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`'${name}' is not in ${file}`);
  return Number(line.split(':')[2]);
}
