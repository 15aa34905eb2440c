import { ExpectedError, messageOf } from '@boti/core';
import type { ReleaseDirectory } from './release-directory.ts';
import { type Build, indexOf } from './resolve-builds.ts';
import type { Source } from './sources.ts';

export type Promotable = Omit<Build, 'source'> & { readonly source: Pick<Source, 'kind' | 'name'> };

/** Uploads archives that .final_builds does not know and records them there. What is done stays done after a failure. */
export async function promoteBuilds(release: ReleaseDirectory, builds: readonly Promotable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const build of builds) {
    release.signal?.throwIfAborted();
    try {
      await promote(release, build);
    } catch (error) {
      release.signal?.throwIfAborted();
      failures.push(error);
    }
  }
  if (failures.length === 0) return;
  throw new ExpectedError([...new Set(failures.map(messageOf))].join('\n'), { cause: failures[0] });
}

async function promote(release: ReleaseDirectory, { source, fingerprint, sha1, archive }: Promotable): Promise<void> {
  const index = indexOf(release, '.final_builds', source);
  if ((await index.find(fingerprint)) !== undefined) return;
  release.progress(`Uploading ${source.kind} '${source.name}/${fingerprint}'`);
  const blobstoreId = await release.blobstore().put(archive, release.signal);
  if (blobstoreId === '') throw new ExpectedError('The blobstore answered no id for an upload');
  await index.add(fingerprint, { version: fingerprint, blobstoreId, sha1 });
}
