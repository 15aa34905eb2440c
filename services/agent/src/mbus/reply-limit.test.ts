import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fittingReply } from './reply-limit.ts';

const limit = 2000;
const messageOf = (json: string): string => (JSON.parse(json) as { exception: { message: string } }).exception.message;

test('a reply within the limit stays as it is', () => {
  assert.equal(fittingReply({ value: 'pong' }, limit), '{"value":"pong"}');
});

test('a value that is too long becomes an exception', () => {
  assert.equal(
    messageOf(fittingReply({ value: 'x'.repeat(limit) }, limit)),
    'Response exceeded maximum allowed length',
  );
});

test('of an exception that is too long the last hundred lines stay', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);

  const kept = messageOf(fittingReply({ exception: { message: ['failed', ...lines].join('\n') } }, limit)).split('\n');

  assert.deepEqual([kept.length, kept[0], kept[1], kept.at(-1)], [101, 'failed', 'line 400', 'line 499']);
});

test('if that is still too long, head and tail stay around a marker', () => {
  const message = `${'"'.repeat(limit)}end`;

  const reply = fittingReply({ exception: { message } }, limit);

  assert.ok(Buffer.byteLength(reply) <= limit);
  assert.match(messageOf(reply), /^"+\n\.\.\.\[truncated\]\.\.\.\n"+end$/);
});
