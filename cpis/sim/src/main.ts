import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ExpectedError, messageOf } from '@boti/core';
import { readConfig, serveLines } from '@boti/cpi-sdk';
import { Forwarder } from './forward.ts';

const usage = 'Usage: cpi [serve] [--config FILE]';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { config: { type: 'string' } }, allowPositionals: true });
  if (positionals.length > 1 || ![undefined, 'serve'].includes(positionals[0])) throw new ExpectedError(usage);
  const forwarder = new Forwarder(await readConfig(values.config, 'sim'));
  const end = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => end.abort(new Error(name)));
  process.stdout.on('error', () => undefined);
  const write = (line: string): boolean => process.stdout.write(line);
  const answer = (body: unknown, signal: AbortSignal): ReturnType<Forwarder['answer']> =>
    forwarder.answer(body, signal);
  if (positionals[0] === 'serve') await serveLines({ input: process.stdin, write, signal: end.signal, answer });
  else write(`${JSON.stringify(await answer(JSON.parse(await text(process.stdin)), end.signal))}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
process.stdout.write('', () => process.exit());
