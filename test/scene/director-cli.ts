import { CommandFailed, type CommandOptions, tryCommand } from '@boti/core';

export type Row = Readonly<Record<string, string>>;

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `boti`, or upstream's `bosh`: the same commands, flags and tables. */
export interface DirectorCli {
  /** Throws what it has said unless it exits with 0. */
  run(...args: readonly string[]): Promise<string>;
  /** The same, with these lines typed where it asks. */
  answer(lines: readonly string[], ...args: readonly string[]): Promise<string>;
  /** Whatever its exit code is. */
  attempt(...args: readonly string[]): Promise<Ended>;
  /** Rows of the first table of `--json`, by column. */
  rows(...args: readonly string[]): Promise<readonly Row[]>;
}

const tenMinutes = 600_000;

export function directorCli(program: string, env: Readonly<Record<string, string>>): DirectorCli {
  const call = async (args: readonly string[], options: CommandOptions): Promise<Ended> =>
    await tryCommand(program, args, { timeoutMs: tenMinutes, ...options });
  const attempt = async (...args: readonly string[]): Promise<Ended> => await call(args, { env });
  const succeed = (args: readonly string[], { exitCode, stdout, stderr }: Ended): string => {
    if (exitCode === 0) return stdout;
    throw new CommandFailed(args.join(' '), `failed with exit code ${exitCode}`, {
      exitCode,
      stdout,
      stderr: `${stdout}\n${stderr}`,
    });
  };
  const run = async (...args: readonly string[]): Promise<string> => succeed(args, await attempt(...args));
  return {
    attempt,
    run,
    async answer(lines, ...args) {
      const { BOSH_NON_INTERACTIVE: _, ...interactive } = env;
      const input = lines.map((line) => `${line}\n`).join('');
      return succeed(args, await call(['--tty', ...args], { env: interactive, input }));
    },
    async rows(...args) {
      const { Tables } = JSON.parse(await run('--json', ...args)) as {
        Tables: readonly { Rows: readonly Row[] }[] | null;
      };
      return Tables?.[0]?.Rows ?? [];
    },
  };
}
