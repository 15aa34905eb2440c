import type { GlobalOptions } from '../arguments/global-options.ts';
import { JsonUi } from './json-ui.ts';
import { terminalPrompts } from './terminal-prompts.ts';
import { TextUi, type Ui } from './ui.ts';

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

type UiFlags = Pick<GlobalOptions, 'json' | 'tty' | 'noColor' | 'nonInteractive' | 'column'>;

export function createUi(flags: UiFlags, { stdin, stdout, stderr }: Streams, signal: AbortSignal): Ui {
  const isInteractive = !flags.nonInteractive;
  if (flags.json) return new JsonUi({ stdout, stderr, columns: flags.column, isInteractive });
  return new TextUi({
    stdout,
    stderr,
    isTty: flags.tty || stdout.isTTY === true,
    hasColour: stdout.isTTY === true && !flags.noColor,
    columns: flags.column,
    isInteractive,
    prompts: isInteractive ? terminalPrompts(stdin, stdout, signal) : noPrompts,
  });
}

const refuse = (what: string): Promise<never> =>
  Promise.reject(new Error(`Cannot ask for ${what} in non-interactive UI`));

const noPrompts = {
  confirm: async () => true,
  ask: () => refuse('input'),
  askSecret: () => refuse('password'),
};
