import { ExpectedError, mapConcurrent, messageOf } from '@boti/core';
import type { ReleaseDirectory } from './release-directory.ts';
import { type Build, indexOf } from './resolve-builds.ts';
import type { Source } from './sources.ts';

export type Promotable = Omit<Build, 'source'> & { readonly source: Pick<Source, 'kind' | 'name'> };

/** Uploads archives that .final_builds does not know and records them there. What is done stays done after a failure. */
export async function promoteBuilds(release: ReleaseDirectory, builds: readonly Promotable[]): Promise<void> {
  const failures: unknown[] = [];
  await mapConcurrent(builds, release.parallel, async (build) => {
    release.signal?.throwIfAborted();
    try {
      await promote(release, build);
    } catch (error) {
      release.signal?.throwIfAborted();
      failures.push(error);
    }
  });
  if (failures.length === 0) return;
  throw new ExpectedError([...new Set(failures.map(messageOf))].join('\n'), { cause: failures[0] });
}

/** Uploads one archive and records it, unless the final index has it. */
export async function promote(
  release: ReleaseDirectory,
  { source, fingerprint, sha1, archive }: Promotable,
): Promise<void> {
  const index = indexOf(release, '.final_builds', source);
  if ((await index.find(fingerprint)) !== undefined) return;
  const subject = `'${source.name}/${fingerprint}'`;
  release.progress(`Adding ${source.kind} ${subject}...`);
  release.progress(`-- Started uploading ${subject} (sha1=${sha1})`);
  const blobstoreId = await release.blobstore().put(archive, release.signal);
  if (blobstoreId === '') throw new ExpectedError('The blobstore answered no id for an upload');
  release.progress(`-- Finished uploading ${subject} (sha1=${sha1})`);
  await index.add(fingerprint, { version: fingerprint, blobstoreId, sha1 });
  release.progress(`Added ${source.kind} ${subject}`);
}
