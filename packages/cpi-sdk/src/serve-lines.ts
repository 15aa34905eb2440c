import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { CloudError } from './cloud-error.ts';
import type { CpiResponse } from './wire.ts';
import { toWireError } from './wire.ts';

const idSchema = z.union([z.string(), z.number()]);
type Id = z.infer<typeof idSchema>;
const lineSchema = z.union([z.strictObject({ cancel: idSchema }), z.object({ id: idSchema })]);

/** What `serveLines` reads, writes and asks. `write` gets whole lines, line feed included. */
export interface LineServer {
  readonly input: Readable;
  readonly write: (line: string) => void;
  /** Ends everything that runs when it is aborted. */
  readonly signal: AbortSignal;
  readonly answer: (body: unknown, signal: AbortSignal) => Promise<CpiResponse>;
}

/**
 * Mode `serve`: a request a line, many at once, answers in any order. Ends when the input has ended and everything that
 * was running is answered. Rules S1 to S8 of docs/contracts/cpi.md.
 */
export async function serveLines({ input, write, signal, answer }: LineServer): Promise<void> {
  const running = new Map<Id, AbortController>();
  const answers = new Set<Promise<void>>();
  const reply = (id: Id | null, response: CpiResponse): void => write(`${JSON.stringify({ id, ...response })}\n`);

  const start = async (id: Id, body: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    const response = await answer(body, AbortSignal.any([signal, controller.signal]));
    running.delete(id);
    reply(id, response);
  };
  const begin = (id: Id, body: unknown): void => {
    const done = start(id, body).finally(() => answers.delete(done));
    answers.add(done);
  };
  const receive = (line: string): void => {
    if (line.trim() === '') return;
    const message = parseLine(line);
    if (message === undefined) reply(null, malformed('Line is no JSON object with an id'));
    else if (message.cancel !== undefined) running.get(message.cancel)?.abort(new Error('cancelled by the caller'));
    else if (running.has(message.id)) reply(message.id, malformed(`Request id ${message.id} is in use`));
    else begin(message.id, message.body);
  };

  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  signal.addEventListener('abort', () => lines.close(), { once: true });
  for await (const line of lines) receive(line);
  await Promise.all(answers);
}

type Message = { readonly cancel: Id } | { readonly cancel?: never; readonly id: Id; readonly body: unknown };

function parseLine(line: string): Message | undefined {
  try {
    const body: unknown = JSON.parse(line);
    const message = lineSchema.parse(body);
    return 'id' in message ? { id: message.id, body } : message;
  } catch {
    return undefined;
  }
}

function malformed(message: string): CpiResponse {
  return { result: null, error: toWireError(new CloudError('CpiError', message)), log: '' };
}
