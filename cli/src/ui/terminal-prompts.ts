import { ExpectedError } from '@boti/core';
import type { Output, Prompts } from './ui.ts';

/** Asks on `stdout` and reads lines from stdin, which may be a pipe. */
export function terminalPrompts(stdin: NodeJS.ReadStream, stdout: Output, signal: AbortSignal): Prompts {
  let lines: AsyncIterator<string> | undefined;
  const readLine = async (doing: string): Promise<string> => {
    // Few command lines ask anything.
    const { createInterface } = await import('node:readline');
    lines ??= createInterface({ input: stdin, terminal: false, signal })[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    signal.throwIfAborted();
    if (done) throw new ExpectedError(doing, { cause: new ExpectedError('EOF') });
    return value;
  };
  return {
    async confirm(label) {
      for (;;) {
        stdout.write(`${label} [yN]: `);
        const answer = (await readLine('Asking for confirmation')).trim().toLowerCase();
        if (answer === 'y' || answer === 'yes') return true;
        if (answer === 'n' || answer === 'no' || answer === '') return false;
        stdout.write('invalid input (not y, n, yes, or no)\n');
      }
    },

    async ask(label) {
      stdout.write(label);
      return await readLine('Asking for text');
    },

    async askSecret(label) {
      stdout.write(label);
      if (!stdin.isTTY) {
        const answer = await readLine('Asking for password');
        stdout.write('\n');
        return answer;
      }
      return await readHidden(stdin, stdout);
    },
  };
}

async function readHidden(stdin: NodeJS.ReadStream, stdout: Output): Promise<string> {
  stdin.setRawMode(true);
  try {
    let secret = '';
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      const typed = typeInto(secret, String(chunk));
      secret = typed.secret;
      if (typed.isComplete) break;
    }
    return secret;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stdout.write('\n');
  }
}

/** What the keys pressed make of the secret: characters are added, backspace takes one away, Enter ends. */
function typeInto(start: string, keys: string): { readonly secret: string; readonly isComplete: boolean } {
  let secret = start;
  for (const key of keys) {
    if (key === '\r' || key === '\n' || key === '\u0004') return { secret, isComplete: true };
    if (key === '\u0003') throw new ExpectedError('Asking for password: interrupted');
    secret = key === '\u007f' ? secret.slice(0, -1) : secret + key;
  }
  return { secret, isComplete: false };
}
