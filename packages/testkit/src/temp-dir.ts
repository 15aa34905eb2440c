import { openTempDir } from '@boti/core';

/** What node:test gives a test, as far as cleaning up needs it. */
export interface Cleanup {
  after(work: () => Promise<void> | void): void;
}

/** A folder of the test's own, removed after it. */
export async function tempDir(t: Cleanup): Promise<string> {
  const dir = await openTempDir('boti-test-');
  t.after(() => dir[Symbol.asyncDispose]());
  return dir.path;
}
