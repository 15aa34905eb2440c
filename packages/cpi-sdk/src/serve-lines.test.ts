import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { serveLines } from './serve-lines.ts';
import type { CpiResponse } from './wire.ts';

/** Answers with the method's name; `slow` waits until it is cancelled. */
async function answer(body: unknown, signal: AbortSignal): Promise<CpiResponse> {
  const { method } = body as { method: string };
  if (method === 'slow' && !signal.aborted) await once(signal, 'abort');
  return { result: method, error: null, log: '' };
}

async function serve(lines: readonly string[], signal = new AbortController().signal): Promise<unknown[]> {
  const input = new PassThrough();
  const written: string[] = [];
  const done = serveLines({ input, write: (line) => written.push(line), signal, answer });
  input.end(lines.map((line) => `${line}\n`).join(''));
  await done;
  return written.map((line) => JSON.parse(line) as { id: unknown; result: unknown });
}

test('S2, S3, S5: requests run at once, and one can be cancelled', async () => {
  const answers = await serve([
    '{"id":1,"method":"slow"}',
    '{"id":"two","method":"quick"}',
    '{"cancel":1}',
    '{"cancel":9}',
  ]);

  assert.deepEqual(answers, [
    { id: 'two', result: 'quick', error: null, log: '' },
    { id: 1, result: 'slow', error: null, log: '' },
  ]);
});

test('S6: a line that is no request is answered, and the next one served', async () => {
  const answers = (await serve(['rubbish', '{"method":"no id"}', '{"id":1,"method":"quick"}'])) as { id: unknown }[];

  assert.deepEqual(
    answers.map(({ id }) => id),
    [null, null, 1],
  );
});

test('S6: an id in use is refused', async () => {
  const answers = await serve(['{"id":1,"method":"slow"}', '{"id":1,"method":"quick"}', '{"cancel":1}']);

  assert.match(JSON.stringify(answers[0]), /id 1 is in use/);
});

test('S7: the end of the process cancels what runs', async () => {
  const controller = new AbortController();
  const answers = serve(['{"id":1,"method":"slow"}'], controller.signal);
  setImmediate(() => controller.abort());

  assert.deepEqual(await answers, [{ id: 1, result: 'slow', error: null, log: '' }]);
});
