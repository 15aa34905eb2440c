import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type LineServer, serveLines } from '@boti/cpi-sdk';
import { failed, inMethods, type Mutant } from './mutant.ts';

type Line = Record<string, unknown>;

function parse(line: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
}

/** Changes each line of the input; what answers undefined is left out. */
function editInput(server: LineServer, edit: (line: string) => string | undefined): LineServer {
  async function* lines(): AsyncGenerator<string> {
    let rest = '';
    server.input.setEncoding('utf8');
    for await (const chunk of server.input) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const edited = edit(part);
        if (edited !== undefined) yield `${edited}\n`;
      }
    }
    if (rest !== '') yield rest;
  }
  return { ...server, input: Readable.from(lines()) };
}

/** Changes each line of the output. */
function editOutput(server: LineServer, edit: (response: Line) => string): LineServer {
  return { ...server, write: (line) => server.write(edit(parse(line) ?? {})) };
}

const json = (line: Line): string => `${JSON.stringify(line)}\n`;

const slow = (methods: readonly string[], ms: number): NonNullable<Mutant['call']> =>
  inMethods(methods, async ({ next, signal, isServe }) => {
    if (isServe) await delay(ms, undefined, { signal });
    return await next();
  });

/** What is wrong with mode `serve` only. */
export const serveMutants: readonly Mutant[] = [
  {
    name: 'serve-id-as-text',
    bug: 'Ids that are numbers come back as texts.',
    serve: (server) => serveLines(editOutput(server, ({ id, ...rest }) => json({ id: id && String(id), ...rest }))),
  },
  {
    name: 'serve-no-id-on-error',
    bug: 'Errors have no id.',
    serve: (server) =>
      serveLines(editOutput(server, ({ id, ...rest }) => json(rest.error === null ? { id, ...rest } : rest))),
  },
  {
    name: 'serve-answers-twice',
    bug: 'Each response is written twice.',
    serve: (server) => serveLines(editOutput(server, (line) => json(line) + json(line))),
  },
  {
    name: 'serve-last-id',
    bug: 'A response gets the id of the request that came last.',
    serve: (server) => {
      let last: unknown;
      const input = editInput(server, (line) => {
        last = parse(line)?.id ?? last;
        return line;
      });
      return serveLines(editOutput(input, ({ id, ...rest }) => json({ id: id === null ? null : last, ...rest })));
    },
  },
  {
    name: 'serve-one-after-the-other',
    bug: 'A request waits for the one before it, though the cloud takes its time.',
    call: slow(['create_vm', 'create_disk', 'create_stemcell', 'delete_vm'], 500),
    serve: (server) => {
      let queue: Promise<unknown> = Promise.resolve();
      const answer: LineServer['answer'] = (body, signal) => {
        const mine = queue.then(() => server.answer(body, signal));
        queue = mine.catch(() => undefined);
        return mine;
      };
      return serveLines({ ...server, answer });
    },
  },
  {
    name: 'serve-ignores-cancel',
    bug: 'A line that cancels is skipped: the call goes on for as long as the cloud takes.',
    serve: (server) => serveLines(editInput(server, (line) => (parse(line)?.cancel === undefined ? line : undefined))),
  },
  {
    name: 'serve-cancel-leaves-vm',
    bug: 'A cancelled create_vm is answered with an error, and goes on.',
    call: inMethods(['create_vm'], async ({ next, signal, isServe }) => {
      if (!isServe) return await next();
      const work = delay(1500).then(() => next());
      const { promise, resolve } = Promise.withResolvers<ReturnType<typeof failed>>();
      signal.addEventListener('abort', () => resolve(failed('CloudError', 'The call was cancelled')), { once: true });
      return await Promise.race([work, promise]);
    }),
  },
  {
    name: 'serve-answers-cancel',
    bug: 'The line that cancels is answered as if it were a request.',
    serve: (server) =>
      serveLines(
        editInput(server, (line) => {
          const id = parse(line)?.cancel;
          if (id !== undefined) server.write(json({ id, result: null, error: null, log: '' }));
          return line;
        }),
      ),
  },
  {
    name: 'serve-dies-of-unknown-cancel',
    bug: 'The process ends when a request is cancelled that it does not know.',
    serve: (server) => {
      const known = new Set<unknown>();
      return serveLines(
        editInput(server, (line) => {
          const { id, cancel } = parse(line) ?? {};
          if (id !== undefined) known.add(id);
          if (cancel !== undefined && !known.has(cancel)) process.exit(1);
          return line;
        }),
      );
    },
  },
  {
    name: 'serve-dies-of-bad-line',
    bug: 'The process ends when a line is no JSON.',
    serve: (server) =>
      serveLines(
        editInput(server, (line) => {
          if (line.trim() !== '' && parse(line) === undefined) process.exit(1);
          return line;
        }),
      ),
  },
  {
    name: 'serve-bad-line-without-answer',
    bug: 'A line that is no JSON is not answered.',
    serve: (server) => serveLines(editInput(server, (line) => (parse(line) === undefined ? undefined : line))),
  },
  {
    name: 'serve-bad-line-without-id',
    bug: 'The answer to a line that is no JSON has no id, not even null.',
    serve: (server) => serveLines(editOutput(server, ({ id, ...rest }) => json(id === null ? rest : { id, ...rest }))),
  },
  {
    name: 'serve-stays-at-end-of-input',
    bug: 'The process stays when its stdin has ended.',
    serve: async (server) => {
      await serveLines(server);
      await new Promise(() => setInterval(() => undefined, 60_000));
    },
  },
  {
    name: 'serve-drops-calls-at-end-of-input',
    bug: 'The process ends with its stdin, and does not answer what runs.',
    serve: async (server) => {
      server.input.once('end', () => process.exit(0));
      await serveLines(server);
    },
  },
  {
    name: 'serve-drops-calls-on-sigterm',
    bug: 'SIGTERM ends the process at once; a create_vm that runs is not answered.',
    call: slow(['create_vm'], 1000),
    sigterm: 'deadly',
  },
  {
    name: 'serve-remembers-version',
    bug: 'All requests are answered in the version of the first one that has one.',
    serve: (server) => {
      let version: unknown;
      const answer: LineServer['answer'] = (body, signal) => {
        const request = body as Line;
        version ??= request.api_version;
        return server.answer(version === undefined ? request : { ...request, api_version: version }, signal);
      };
      return serveLines({ ...server, answer });
    },
  },
  {
    name: 'serve-remembers-creation',
    bug: 'boti_creation of the first request is taken for that of all.',
    serve: (server) => {
      let creation: unknown;
      const answer: LineServer['answer'] = (body, signal) => {
        const { context, ...rest } = body as { readonly context?: Line };
        creation ??= context?.boti_creation;
        const shared = creation === undefined ? context : { ...context, boti_creation: creation };
        return server.answer({ ...rest, context: shared }, signal);
      };
      return serveLines({ ...server, answer });
    },
  },
  {
    name: 'serve-says-ready',
    bug: 'The process prints that it is ready before anything else.',
    serve: (server) => {
      server.write('ready\n');
      return serveLines(server);
    },
  },
  {
    name: 'serve-many-lines',
    bug: 'Responses are spread over many lines.',
    serve: (server) => serveLines(editOutput(server, (line) => `${JSON.stringify(line, null, 2)}\n`)),
  },
  {
    name: 'serve-numbers-only',
    bug: 'Ids that are texts are refused.',
    serve: (server) =>
      serveLines(editInput(server, (line) => (typeof parse(line)?.id === 'string' ? '{"id": null}' : line))),
  },
  {
    name: 'serve-eight-at-most',
    bug: 'More than eight requests at once are refused.',
    serve: (server) => {
      let running = 0;
      const answer: LineServer['answer'] = async (body, signal) => {
        if (running >= 8) return failed('CloudError', 'Too many requests');
        running += 1;
        try {
          return await server.answer(body, signal);
        } finally {
          running -= 1;
        }
      };
      return serveLines({ ...server, answer });
    },
  },
];
