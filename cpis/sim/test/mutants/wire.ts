import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Mutant } from './mutant.ts';

/** What is wrong with the process and its one JSON object. */
export const wireMutants: readonly Mutant[] = [
  {
    name: 'no-result-on-error',
    bug: 'A failure is answered without the key result.',
    response: ({ result, error, log }) => (error === null ? { result, error, log } : { error, log }),
  },
  {
    name: 'no-error-on-success',
    bug: 'A success is answered without the key error.',
    response: ({ result, error, log }) => (error === null ? { result, log } : { result, error, log }),
  },
  { name: 'no-log', bug: 'The key log is missing.', response: ({ result, error }) => ({ result, error }) },
  { name: 'null-log', bug: 'log is null when there is nothing to log.', response: (all) => ({ ...all, log: null }) },
  {
    name: 'log-as-list',
    bug: 'log is a list of lines.',
    response: (all) => ({ ...all, log: all.log.split('\n') }),
  },
  {
    name: 'result-beside-error',
    bug: 'result is false in place of null beside an error.',
    response: (all) => (all.error === null ? all : { ...all, result: false }),
  },
  {
    name: 'no-ok-to-retry',
    bug: 'Errors have no key ok_to_retry.',
    response: (all) =>
      all.error === null ? all : { ...all, error: { type: all.error.type, message: all.error.message } },
  },
  {
    name: 'ok-to-retry-as-text',
    bug: 'ok_to_retry is the text "false".',
    response: (all) => (all.error === null ? all : { ...all, error: { ...all.error, ok_to_retry: 'false' } }),
  },
  {
    name: 'bare-error-type',
    bug: "Error types lack the prefix 'Bosh::Clouds::'.",
    response: (all) =>
      all.error === null ? all : { ...all, error: { ...all.error, type: all.error.type.replace(/^.*::/, '') } },
  },
  {
    name: 'banner-on-stdout',
    bug: 'A line of greeting stands before the response.',
    print: (line, { isServe }) => (isServe ? line : `Simulated cloud, version 1\n${line}`),
  },
  {
    name: 'warning-after-create-vm',
    bug: 'A library prints a warning to stdout after the response of create_vm.',
    print: (line, { method }) => (method === 'create_vm' ? `${line}warning: the flavor is deprecated\n` : line),
  },
  {
    name: 'response-twice',
    bug: 'A process for one call prints its response twice.',
    print: (line, { isServe }) => (isServe ? line : line + line),
  },
  {
    name: 'byte-order-mark',
    bug: 'The response begins with a byte order mark.',
    print: (line) => `\uFEFF${line}`,
  },
  {
    name: 'output-cut-at-64-kib',
    bug: 'The process exits before a response of more than 64 KiB has gone through the pipe.',
    print: (line) => Buffer.from(line).subarray(0, 65_536).toString(),
  },
  {
    name: 'ascii-output',
    bug: 'Characters beyond ASCII come out as question marks.',
    print: (line) => line.replace(/[^\0-\x7F]/gu, '?'),
  },
  {
    name: 'silent-on-bad-json',
    bug: 'stdin that is no JSON ends the process with a stack trace and no response.',
    read: async (stdin) => {
      const body = await text(stdin);
      try {
        JSON.parse(body);
        return body;
      } catch (error) {
        process.stderr.write(`${(error as Error).stack}\n`);
        process.exit(1);
      }
    },
  },
  {
    name: 'first-chunk-only',
    bug: 'Only the first piece of stdin that arrives is read.',
    read: async (stdin) => String((await once(stdin, 'data'))[0]),
  },
  {
    name: 'first-line-only',
    bug: 'Only the first line of stdin is read, though JSON may have many.',
    read: async (stdin) => (await text(stdin)).split('\n')[0] ?? '',
  },
  {
    name: 'chunks-decoded-apart',
    bug: 'Each piece of stdin is decoded by itself: a character that is split between two is lost.',
    read: async (stdin) => {
      let all = '';
      for await (const chunk of stdin) all += (chunk as Buffer).toString('utf8');
      return all;
    },
  },
  {
    name: 'needs-user-variable',
    bug: 'The process ends when the environment variable USER is not set.',
    start: () => {
      if (process.env.USER !== undefined) return;
      process.stderr.write('KeyError: USER\n');
      process.exit(1);
    },
  },
];
