import { spawn } from 'node:child_process';
import { ExpectedError } from './errors.ts';

export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment; the caller's own when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** SIGTERM after this long, SIGKILL 2 s later. */
  readonly timeoutMs?: number;
  /** Called with each piece of output as it comes. */
  readonly onOutput?: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command ended with another status than 0, or never started. */
export class CommandFailed extends ExpectedError {
  readonly command: string;
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(command: string, reason: string, result: Partial<CommandResult> = {}, cause?: unknown) {
    const tail = (result.stderr || result.stdout || '').trim().split('\n').slice(-20).join('\n');
    super(`Command '${command}' ${reason}${tail === '' ? '' : `:\n${tail}`}`, { cause });
    this.command = command;
    this.exitCode = result.exitCode;
    this.stdout = result.stdout ?? '';
    this.stderr = result.stderr ?? '';
  }
}

/** Runs a command to its end and throws CommandFailed unless it exits with 0. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await tryCommand(file, args, options);
  if (result.exitCode === 0) return result;
  throw new CommandFailed([file, ...args].join(' '), `failed with exit code ${result.exitCode}`, result);
}

/** As `runCommand`, for callers to whom other exit codes mean something. Throws only if it could not run or was ended. */
export function tryCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const command = [file, ...args].join(' ');
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env as NodeJS.ProcessEnv | undefined,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk: Buffer) => {
      output[stream].push(chunk);
      options.onOutput?.(chunk, stream);
    });
  }
  const stop = (): void => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 2000).unref();
  };
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(stop, options.timeoutMs);
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  child.on('error', (cause) => {
    clearTimeout(timer);
    reject(new CommandFailed(command, `could not be started: ${cause.message}`, {}, cause));
  });
  child.on('close', (code, killedBy) => {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
    const stdout = Buffer.concat(output.stdout).toString();
    const stderr = Buffer.concat(output.stderr).toString();
    if (code !== null) return resolve({ exitCode: code, stdout, stderr });
    if (options.signal?.aborted) return reject(options.signal.reason);
    reject(new CommandFailed(command, `was ended by ${killedBy}`, { stdout, stderr }));
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input);
  return promise;
}
