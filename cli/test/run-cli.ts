import { PassThrough } from 'node:stream';
import { runProgram } from '../src/index.ts';

export interface CliRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** A terminal with colours; stderr goes there too. */
  readonly isTty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** Runs the program in this process, with streams of its own. */
export async function runCli(
  args: readonly string[],
  { isTty = false, env = {}, stdin = '' }: CliOptions = {},
): Promise<CliRun> {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    isTTY: isTty,
    write: (text: string) => {
      texts[isTty ? 'stdout' : name] += text;
    },
  });
  const input = new PassThrough();
  input.end(stdin);
  const streams = { stdin: input, stdout: sink('stdout'), stderr: sink('stderr') } as never;
  const exit = await runProgram(args, { streams, env });
  return { exit, ...texts };
}
