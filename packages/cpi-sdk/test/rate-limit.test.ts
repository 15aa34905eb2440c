import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { rateLimit } from '../src/index.ts';

test('processes keep a limit together', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'boti-rate-'));
  t.after(() => rm(dir, { recursive: true }));
  const program = `import { rateLimit } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))};
const limit = rateLimit({ dir: ${JSON.stringify(dir)}, name: 'api', perSecond: 20, burst: 2 });
for (let n = 0; n < 5; n += 1) { await limit.take(); console.log(Date.now()); }`;
  const take = async (): Promise<readonly number[]> => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await once(child, 'close');
    return text.trim().split('\n').map(Number);
  };

  const times = (await Promise.all([take(), take()])).flat().toSorted((a, b) => a - b);

  assert.equal(times.length, 10);
  // Two at once, then one each 50 ms.
  assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) >= 8 * 50 - 60, `took ${(times.at(-1) ?? 0) - (times[0] ?? 0)} ms`);
});

test('waiting for a turn can be cancelled', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'boti-rate-'));
  t.after(() => rm(dir, { recursive: true }));
  const limit = rateLimit({ dir, name: 'api', perSecond: 0.01 });
  await limit.take();

  await assert.rejects(limit.take(AbortSignal.timeout(50)), { name: 'AbortError' });
});
