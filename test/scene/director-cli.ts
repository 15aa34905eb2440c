import { CommandFailed, tryCommand } from '@boti/core';

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
  /** Whatever its exit code is. */
  attempt(...args: readonly string[]): Promise<Ended>;
  /** Rows of the first table of `--json`, by column. */
  rows(...args: readonly string[]): Promise<readonly Row[]>;
}

const tenMinutes = 600_000;

export function directorCli(program: string, env: Readonly<Record<string, string>>): DirectorCli {
  const attempt = async (...args: readonly string[]): Promise<Ended> =>
    await tryCommand(program, args, { env, timeoutMs: tenMinutes });
  const run = async (...args: readonly string[]): Promise<string> => {
    const ended = await attempt(...args);
    if (ended.exitCode === 0) return ended.stdout;
    const both = `${ended.stdout}\n${ended.stderr}`;
    throw new CommandFailed(args.join(' '), `failed with exit code ${ended.exitCode}`, { ...ended, stderr: both });
  };
  return {
    attempt,
    run,
    async rows(...args) {
      const { Tables } = JSON.parse(await run('--json', ...args)) as {
        Tables: readonly { Rows: readonly Row[] }[] | null;
      };
      return Tables?.[0]?.Rows ?? [];
    },
  };
}
