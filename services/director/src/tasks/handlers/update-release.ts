import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobstore } from '@boti/blobstore';
import { DigestMismatch, messageOf } from '@boti/core';
import {
  compareVersions,
  type ExtractedRelease,
  extractRelease,
  nextDevVersion,
  type ReleaseManifest,
} from '@boti/release';
import { deleteAbandonedBlobs } from '../../blobs/pending-blobs.ts';
import type { Database } from '../../database/sql.ts';
import { explainFullDisk } from '../../disk-full.ts';
import {
  ReleaseExistingJobFingerprintMismatch,
  ReleaseInvalidArchive,
  ReleaseSha1DoesNotMatch,
  ReleaseVersionCommitHashMismatch,
} from '../../errors.ts';
import { recordOperation } from '../../events/record-operation.ts';
import { checkDependencies } from '../../releases/check-dependencies.ts';
import { jobsOfVersion, linkJobs } from '../../releases/job-store.ts';
import { linkPackages } from '../../releases/package-store.ts';
import {
  beginVersion,
  completeVersion,
  ensureRelease,
  type ReleaseVersion,
  versionsOf,
} from '../../releases/release-store.ts';
import { storeCompiledPackages } from '../../releases/store-compiled-packages.ts';
import { type ReleaseUpload, storeJobs, storePackageNames, storePackages } from '../../releases/store-release.ts';
import { fetchTarball } from '../../stemcells/fetch-tarball.ts';
import type { Stage } from '../event-log.ts';
import { type TarballSource, updateReleaseTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface Deps {
  readonly database: Database;
  readonly blobstore: Blobstore;
  /** Where archives are unpacked: large files. */
  readonly workDir: string;
}

interface Input {
  readonly tarball: TarballSource;
  readonly rebase: boolean;
  readonly fix: boolean;
}

const lockWaitMs = 300_000;

/** Takes a release tarball in: its packages and jobs go to the blobstore, its version is complete when all are there. */
export function updateRelease(deps: Deps): TaskType<Input> {
  return taskType(updateReleaseTask, async (input, task) => {
    const directory = await mkdtemp(join(deps.workDir, 'release-'));
    try {
      const release = await extract(task, input.tarball, directory);
      const { manifest } = release;
      await track(task, 'Verifying manifest', async () => undefined);
      return await task.withLock(`lock:release:${manifest.name}`, { waitMs: lockWaitMs }, () =>
        store(deps, task, { release, input }),
      );
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}

async function extract(task: TaskContext, source: TarballSource, directory: string): Promise<ExtractedRelease> {
  const sha1 = 'location' in source ? source.sha1 : null;
  const stage: Stage = { track: (name, work) => task.events.stage(name, 1).track(name, work) };
  try {
    const path = join(directory, 'release.tgz');
    const { signal } = task;
    await using tarball = await fetchTarball({ source, sha1, kind: 'release', path, signal, stage });
    return await track(task, 'Extracting release', () => extractRelease(tarball.path, directory, signal));
  } catch (error) {
    task.signal.throwIfAborted();
    if (error instanceof DigestMismatch && sha1 !== null) throw new ReleaseSha1DoesNotMatch(error.message);
    const explained = explainFullDisk(error, 'the unpacked release', directory);
    throw explained === error ? new ReleaseInvalidArchive(messageOf(error)) : explained;
  }
}

/** Upstream gives each of these steps a stage of its own. */
function track<T>(task: TaskContext, name: string, work: () => Promise<T>): Promise<T> {
  return task.events.stage(name, 1).track(name, work);
}

interface Storing {
  readonly release: ExtractedRelease;
  readonly input: Input;
}

async function store(deps: Deps, task: TaskContext, { release, input }: Storing): Promise<string> {
  const { database } = deps;
  const { manifest } = release;
  await deleteAbandonedBlobs({ ...deps, log: task.log });
  const releaseId = await ensureRelease(database, manifest.name);
  const known = await versionsOf(database, releaseId);
  const version = input.rebase ? rebased(manifest, known) : manifest.version;
  const existing = known.find((one) => one.version === version);
  await refuseOther(database, manifest, existing);
  await track(task, 'Resolving package dependencies', async () =>
    checkDependencies(manifest.packages ?? manifest.compiled_packages ?? []),
  );
  const label = `${manifest.name}/${version}`;
  const { user, taskId } = task;
  const event = { user, taskId, action: 'create', objectType: 'release', objectName: label };
  return recordOperation(database, event, async () => {
    const versionId = await beginVersion(database, {
      releaseId,
      version,
      commitHash: manifest.commit_hash,
      uncommittedChanges: manifest.uncommitted_changes,
    });
    const isUnfinished = existing !== undefined && !existing.updateCompleted;
    const { events, signal, log } = task;
    const fix = input.fix || isUnfinished;
    const upload = { ...deps, events, signal, log, taskId, newUuid: randomUUID, releaseId, fix };
    await storeParts(upload, release, versionId);
    const title = release.isCompiled ? 'Compiled Release has been created' : 'Release has been created';
    await task.events.stage(title, 1).track(label, () => completeVersion(database, versionId));
    return `Created${release.isCompiled ? ' compiled' : ''} release '${label}'`;
  });
}

async function storeParts(upload: ReleaseUpload, release: ExtractedRelease, versionId: number): Promise<void> {
  const { database } = upload;
  if (release.isCompiled) {
    const packages = await storePackageNames(upload, release.compiledPackages);
    await linkPackages(
      database,
      versionId,
      packages.map(({ id }) => id),
    );
    await storeCompiledPackages(upload, { packages, entries: release.compiledPackages });
  } else {
    await linkPackages(database, versionId, await storePackages(upload, release.packages));
  }
  await linkJobs(database, versionId, await storeJobs(upload, release.jobs));
}

/** The next development version on top of the newest that the Director has of this series (what stands before `+dev`). */
function rebased(manifest: ReleaseManifest, known: readonly ReleaseVersion[]): string {
  const series = (version: string): string => version.split('+', 1)[0] ?? version;
  const own = known.map(({ version }) => version).filter((version) => series(version) === series(manifest.version));
  return nextDevVersion(own.toSorted(compareVersions).at(-1) ?? series(manifest.version));
}

/** A version, once uploaded, stands for one commit and one set of jobs. */
async function refuseOther(
  database: Database,
  manifest: ReleaseManifest,
  existing: ReleaseVersion | undefined,
): Promise<void> {
  if (existing === undefined) return;
  const label = `${manifest.name}/${manifest.version}`;
  const differs =
    (existing.commitHash ?? '') !== manifest.commit_hash ||
    existing.uncommittedChanges !== manifest.uncommitted_changes;
  if (differs) {
    throw new ReleaseVersionCommitHashMismatch(
      `release '${label}' has already been uploaded with commit_hash as '${existing.commitHash ?? ''}' and uncommitted_changes as '${existing.uncommittedChanges}'`,
      { hint: 'Give the release another version, or upload it with --rebase.' },
    );
  }
  const jobs = existing.updateCompleted ? await jobsOfVersion(database, existing.id) : [];
  for (const { name, version, fingerprint = version } of manifest.jobs) {
    const stored = jobs.find((job) => job.name === name);
    if (stored === undefined || stored.fingerprint === fingerprint) continue;
    throw new ReleaseExistingJobFingerprintMismatch(
      `job '${name}' had different fingerprint in previously uploaded release '${label}'`,
      { hint: 'Give the release another version, or upload it with --rebase.' },
    );
  }
}
