import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase, testPostgres } from '../../test/test-database.ts';
import type { OpenDatabase } from '../database/open-database.ts';
import { linkJobs, saveJob } from './job-store.ts';
import { linkPackages, savePackage } from './package-store.ts';
import { releaseSnapshots } from './release-snapshots.ts';
import { beginVersion, completeVersion, ensureRelease } from './release-store.ts';

const postgres = await testPostgres(after);

/** A version of `web`, complete, with these jobs and packages. */
async function addVersion(
  database: OpenDatabase,
  version: string,
  parts: { readonly jobs: readonly string[]; readonly packages: readonly string[] },
): Promise<number> {
  const releaseId = await ensureRelease(database, 'web');
  const id = await beginVersion(database, { releaseId, version, commitHash: null, uncommittedChanges: false });
  const common = { releaseId, version: 'f1', fingerprint: 'f1', blobstoreId: 'b', sha1: 's' };
  const jobs = parts.jobs.map((name) =>
    saveJob(database, { ...common, name, packageNames: [], spec: { name } as never }),
  );
  const packages = parts.packages.map((name) => savePackage(database, { ...common, name, dependencies: [] }));
  await linkJobs(database, id, await Promise.all(jobs));
  await linkPackages(database, id, await Promise.all(packages));
  return id;
}

test('versions that share jobs and packages each have all of theirs, sorted by name', async (t) => {
  const database = await testDatabase(t, postgres);
  await completeVersion(database, await addVersion(database, '1', { jobs: ['b', 'a'], packages: ['p'] }));
  await completeVersion(database, await addVersion(database, '2', { jobs: ['a'], packages: ['q', 'p'] }));

  const snapshots = await releaseSnapshots(database, ['web', 'unknown']);

  assert.deepEqual(
    snapshots.map(({ name, version, jobs, packages }) => [
      name,
      version,
      jobs.map((job) => job.name),
      packages.map((one) => one.name),
    ]),
    [
      ['web', '1', ['a', 'b'], ['p']],
      ['web', '2', ['a'], ['p', 'q']],
    ],
  );
});

test('a version whose upload was cut short is not there', async (t) => {
  const database = await testDatabase(t, postgres);
  await addVersion(database, '1', { jobs: ['a'], packages: [] });

  assert.deepEqual(await releaseSnapshots(database, ['web']), []);
});
