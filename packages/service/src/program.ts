import { parseArgs } from 'node:util';
import { ExpectedError, messageOf } from '@boti/core';

/** The file that `--config` names on the command line. */
export function configPath(program: string): string {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config !== undefined) return values.config;
  throw new ExpectedError('Which configuration?', { hint: `Say: ${program} --config FILE` });
}

/** Resolves with the first SIGTERM or SIGINT. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

/** Runs a program's main function; a failure is told on stderr, with its hint, and the program ends with 1. */
export function runProgram(name: string, main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const hint = error instanceof ExpectedError && error.hint !== undefined ? `\n${error.hint}` : '';
    process.stderr.write(`${name}: ${messageOf(error)}${hint}\n`);
    process.exitCode = 1;
  });
}
