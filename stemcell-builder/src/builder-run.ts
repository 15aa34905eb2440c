import { spawn } from 'node:child_process';
import type { WriteStream } from 'node:fs';
import { type Clock, CommandFailed, ExpectedError } from '@boti/core';

export const buildStages = ['operating system', 'agent', 'image', 'stemcell'] as const;
export type BuildStage = (typeof buildStages)[number];

export interface BuildProgress {
  readonly stage: BuildStage;
  /** What the stage is doing just now. */
  readonly detail: string;
  readonly elapsedMs: number;
}

/** What every stage of one build shares. */
export interface BuilderRun {
  readonly workDir: string;
  readonly cacheDir: string;
  readonly log: WriteStream;
  readonly logFile: string;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
  report(stage: BuildStage, detail: string): void;
}

export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a command with its output in the log file. Aborting kills it with all it started: `unshare` gives it process
 * ids and mounts of its own, which end with it.
 */
export async function runTool(run: BuilderRun, command: readonly string[], options: ToolOptions = {}): Promise<void> {
  run.signal?.throwIfAborted();
  run.log.write(`$ ${command.join(' ')}\n`);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const environment = Object.entries({ LC_ALL: 'C', ...options.env }).map(([name, value]) => `${name}=${value}`);
  const child = spawn('env', [...environment, ...command], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const tail = lineTail(options.onLine);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      run.log.write(chunk);
      tail.add(chunk.toString());
    });
  }
  const kill = (): boolean => child.kill('SIGKILL');
  run.signal?.addEventListener('abort', kill, { once: true });
  child.on('error', reject);
  child.on('close', resolve);
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input);
  try {
    const exitCode = await promise;
    run.signal?.throwIfAborted();
    if (exitCode !== 0) throw toolFailure(run, toolName(command), { exitCode, lines: tail.lines() });
  } finally {
    run.signal?.removeEventListener('abort', kill);
  }
}

function lineTail(onLine: (line: string) => void = () => undefined): { add(text: string): void; lines(): string[] } {
  let kept: string[] = [];
  let rest = '';
  return {
    add(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      kept = [...kept, ...lines].slice(-15);
    },
    lines: () => [...kept, rest].filter((line) => line.trim() !== ''),
  };
}

/** `unshare … mmdebstrap …` is about mmdebstrap. */
function toolName(command: readonly string[]): string {
  return command.find((word, index) => !word.startsWith('-') && !(index === 0 && word === 'unshare')) ?? '';
}

function toolFailure(
  run: BuilderRun,
  tool: string,
  result: { exitCode: number | null; lines: string[] },
): ExpectedError {
  const text = result.lines.join('\n');
  const full = result.lines.find((line) => line.includes('No space left on device'));
  if (full !== undefined) return noRoom(run, full);
  const reason = `failed with exit code ${result.exitCode} (everything it said: ${run.logFile}):\n${text}`;
  const failure = new CommandFailed(tool, reason);
  return new ExpectedError(failure.message, { hint: remedy(text), cause: failure });
}

export function noRoom(run: BuilderRun, detail: string, cause?: unknown): ExpectedError {
  return new ExpectedError(`A disk is full, so the stemcell could not be built: ${detail}`, {
    hint: `A build needs 2.5 GiB in '${run.workDir}' for a moment and 400 MiB in '${run.cacheDir}'. Free some space and try again.`,
    cause,
  });
}

function remedy(text: string): string {
  if (/Could not resolve|Failed to fetch|Unable to connect|Connection (refused|timed out)/.test(text)) {
    return "The Debian mirror is out of reach. Check the network and that 'apt-get update' works on this machine.";
  }
  if (/NO_PUBKEY|not signed|is not available.*key/i.test(text)) {
    return "Debian's signing keys are missing: apt-get install debian-archive-keyring";
  }
  return 'Look into the log file for the first error.';
}
