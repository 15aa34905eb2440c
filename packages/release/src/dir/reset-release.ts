import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes what create-release and sync-blobs leave in a release directory: dev builds, dev releases and blobs. */
export async function resetRelease(dir: string): Promise<void> {
  for (const folder of ['.dev_builds', 'dev_releases', '.blobs', 'blobs']) {
    await rm(join(dir, folder), { recursive: true, force: true });
  }
}
