import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What node:test gives a test, as far as cleaning up needs it. */
export interface Cleanup {
  after(work: () => Promise<void> | void): void;
}

/** A folder of the test's own, removed after it. */
export async function tempDir(t: Cleanup): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'boti-test-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}
