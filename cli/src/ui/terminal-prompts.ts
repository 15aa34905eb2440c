import { createInterface } from 'node:readline';
import { ExpectedError } from '@boti/core';
import type { Output, Prompts } from './ui.ts';

/** Asks on `stdout` and reads lines from stdin, which may be a pipe. */
export function terminalPrompts(stdin: NodeJS.ReadStream, stdout: Output, signal: AbortSignal): Prompts {
  let lines: AsyncIterator<string> | undefined;
  const readLine = async (doing: string): Promise<string> => {
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

const endsOfInput = new Set(['\r', '\n', '\u0004']);

async function readHidden(stdin: NodeJS.ReadStream, stdout: Output): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let secret = '';
  const onData = (chunk: Buffer): void => {
    for (const character of chunk.toString()) {
      if (endsOfInput.has(character)) resolve(secret);
      else if (character === '\u0003') reject(new ExpectedError('Asking for password: interrupted'));
      else secret = character === '\u007f' ? secret.slice(0, -1) : secret + character;
    }
  };
  stdin.setRawMode(true);
  stdin.on('data', onData);
  stdin.resume();
  try {
    return await promise;
  } finally {
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
    stdout.write('\n');
  }
}
