import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudError } from '../cloud-error.ts';
import { deleteIfThere } from './already-gone.ts';
import { freeDevicePath } from './disk-hints.ts';
import { resourceName, tagsOf } from './names-and-tags.ts';
import { retryWithin } from './retry-within.ts';
import { withDeadline } from './with-deadline.ts';

const { signal } = new AbortController();

test('a deletion of what is gone succeeds; other failures are failures', async () => {
  const isGone = (error: unknown): boolean => error instanceof Error && error.message === '404';

  assert.equal(await deleteIfThere(async () => undefined, isGone), true);
  assert.equal(await deleteIfThere(() => Promise.reject(new Error('404')), isGone), false);
  await assert.rejects(
    deleteIfThere(() => Promise.reject(new Error('500')), isGone),
    /500/,
  );
});

test('device paths count sd, vd and xvd as one', () => {
  assert.equal(freeDevicePath(['/dev/xvdb', '/dev/vdc', '/dev/sde']), '/dev/sdd');
  assert.throws(() => freeDevicePath([...'bcdefghijklmnopqrstuvwxyz'].map((letter) => `/dev/sd${letter}`)), {
    type: 'CloudError',
  });
});

test('names keep what the cloud allows; changed and cut ones stay different', () => {
  const rules = { maxLength: 20 };

  assert.equal(resourceName(['vm', 'a1'], rules), 'vm-a1');
  const names = ['Web/1', 'web_1', 'web 1', `web${'x'.repeat(40)}`, `web${'x'.repeat(41)}`, 'ü'];
  const made = names.map((name) => resourceName([name], rules));
  assert.equal(new Set(made).size, names.length);
  for (const name of made) assert.match(name, /^[a-z0-9][a-z0-9-]{0,19}$/);
});

test('tags are texts within the limits, BOSH keys first', () => {
  const metadata = { zebra: 'x', custom: 'y', index: 0, deployment: 'a\nb', director: 'd'.repeat(9), none: null };

  assert.deepEqual(tagsOf(metadata, { maxKeyLength: 6, maxValueLength: 4, maxTags: 4 }), {
    direct: 'dddd',
    deploy: 'a_b',
    index: '0',
    zebra: 'x',
  });
});

test('what may help is tried again until the budget is spent', async () => {
  const attempts: number[] = [];
  let now = 0;
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  const clock = { now: () => new Date(now), sleep };
  // Pauses are spread by a fifth: two of them fit in, a third never does.
  const budget = { what: 'the call', budgetMs: 100, firstDelayMs: 20, signal, clock };
  const failing = async (attempt: number): Promise<never> => {
    attempts.push(attempt);
    throw new Error(`attempt ${attempt}`);
  };

  await assert.rejects(retryWithin(budget, failing), /attempt 3/);
  assert.deepEqual(attempts, [1, 2, 3]);
  await assert.rejects(retryWithin({ ...budget, isRetriable: () => false }, failing), /attempt 1/);
  await assert.rejects(retryWithin({ ...budget, retryAfterMs: () => 1000 }, failing), /attempt 1/);
});

test('a retry ends when its call is cancelled', async () => {
  const cancelled = AbortSignal.timeout(30);
  const budget = { what: 'the call', budgetMs: 60_000, firstDelayMs: 10_000, signal: cancelled };

  await assert.rejects(
    retryWithin(budget, () => Promise.reject(new Error('busy'))),
    { name: 'TimeoutError' },
  );
});

test('a deadline names what was waited for; a cancelled call says so itself', async () => {
  const work = (inner: AbortSignal): Promise<unknown> => delay(10_000, undefined, { signal: inner });

  await assert.rejects(withDeadline({ what: 'the server to start', ms: 20, signal }, work), (error) => {
    assert.ok(error instanceof CloudError);
    assert.equal(error.message, 'Waited 0.02 s in vain for the server to start');
    return true;
  });
  const cancelled = AbortSignal.abort(new Error('enough'));
  await assert.rejects(withDeadline({ what: 'x', ms: 10_000, signal: cancelled }, work), /enough/);
});
