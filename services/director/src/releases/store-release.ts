import type { Blobstore } from '@boti/blobstore';
import { blobId, type Logger } from '@boti/core';
import { type Extracted, type ReleaseJobEntry, type ReleasePackageEntry, readJob } from '@boti/release';
import { insertPendingBlobs } from '../blobs/blob-store.ts';
import { dropBlobs, keepBlob, putBlob } from '../blobs/pending-blobs.ts';
import type { Database, Sql } from '../database/sql.ts';
import { JobInvalidArchive, ReleaseInvalidPackage } from '../errors.ts';
import type { ReleasePackage } from '../planner/snapshot.ts';
import type { EventLog } from '../tasks/event-log.ts';
import { findJob, saveJob } from './job-store.ts';
import { findPackage, findSourceByFingerprint, savePackage } from './package-store.ts';

export interface ReleaseUpload {
  readonly database: Database;
  readonly blobstore: Blobstore;
  readonly events: EventLog;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly taskId: number;
  readonly newUuid: () => string;
  readonly releaseId: number;
  /** Stores again what is there already (`--fix`, or an earlier upload that was cut short). */
  readonly fix: boolean;
}

type PackageEntry = ReleasePackageEntry & Extracted;
type JobEntry = ReleaseJobEntry & Extracted;

/** Stores the packages that the release does not have yet; answers the row ids of all. */
export async function storePackages(upload: ReleaseUpload, entries: readonly PackageEntry[]): Promise<number[]> {
  const present = await Promise.all(entries.map((entry) => findPackage(upload.database, { ...upload, ...entry })));
  const isNew = (index: number): boolean => present[index]?.blobstoreId == null;
  const fresh = entries.filter((_, index) => isNew(index));
  const old = entries.filter((_, index) => !isNew(index));
  const ids: number[] = [];
  if (fresh.length > 0) {
    const stage = upload.events.stage('Creating new packages', fresh.length);
    for (const entry of fresh) {
      ids.push(await stage.track(`${entry.name}/${entry.version}`, () => storePackage(upload, entry)));
    }
  }
  if (old.length > 0) {
    const title = `Processing ${old.length} existing package${old.length === 1 ? '' : 's'}`;
    await upload.events.stage(title, 1).track(title, async () => {
      for (const entry of old) ids.push(await keepPackage(upload, entry));
    });
  }
  return ids;
}

async function keepPackage(upload: ReleaseUpload, entry: PackageEntry): Promise<number> {
  if (upload.fix && entry.path !== undefined) return storePackage(upload, entry);
  const present = await findPackage(upload.database, { ...upload, ...entry });
  if (present === undefined) throw new TypeError(`package ${entry.name} vanished`);
  return present.id;
}

/** Its content comes with the tarball, or is what another release has under the same fingerprint. */
async function storePackage(upload: ReleaseUpload, entry: PackageEntry): Promise<number> {
  const { database, releaseId } = upload;
  upload.signal.throwIfAborted();
  const { name, version, dependencies } = entry;
  const fingerprint = entry.fingerprint ?? version;
  if (entry.path !== undefined) {
    const blobstoreId = await putBlob(upload, { path: entry.path });
    const content = { blobstoreId, sha1: entry.sha1 };
    return replacePackage(upload, { releaseId, name, version, fingerprint, dependencies, ...content });
  }
  const source = await findSourceByFingerprint(database, fingerprint);
  if (source === undefined || source.blobstoreId === null) {
    throw new ReleaseInvalidPackage(
      `The tarball lacks package '${name}' (${fingerprint}), and the Director does not have it`,
      {
        hint: 'Upload the release again, complete.',
      },
    );
  }
  const blobstoreId = await copyBlob(upload, source.blobstoreId);
  const content = { blobstoreId, sha1: source.sha1 };
  return replacePackage(upload, { releaseId, name, version, fingerprint, dependencies, ...content });
}

/** Saves a package with its new blob; the blob that it had before goes. */
async function replacePackage(
  upload: ReleaseUpload,
  given: Parameters<typeof savePackage>[1] & { readonly blobstoreId: string },
): Promise<number> {
  const old = (await findPackage(upload.database, given))?.blobstoreId;
  return ownBlob(upload, { fresh: given.blobstoreId, old }, (sql) => savePackage(sql, given));
}

interface BlobChange {
  readonly fresh: string;
  readonly old: string | null | undefined;
}

async function ownBlob<T>(
  upload: ReleaseUpload,
  { fresh, old }: BlobChange,
  save: (sql: Sql) => Promise<T>,
): Promise<T> {
  const dropped = old ? [old] : [];
  const saved = await upload.database.transaction(async (sql) => {
    await insertPendingBlobs(sql, upload.taskId, dropped);
    await keepBlob(sql, fresh);
    return save(sql);
  });
  await dropBlobs(upload, dropped);
  return saved;
}

async function copyBlob(upload: ReleaseUpload, id: string): Promise<string> {
  return putBlob(upload, { stream: await upload.blobstore.open(blobId(id)) });
}

/** Packages of a compiled release are known without their source. */
export async function storePackageNames(
  upload: ReleaseUpload,
  entries: readonly ReleasePackageEntry[],
): Promise<ReleasePackage[]> {
  const { database, releaseId } = upload;
  const stored: ReleasePackage[] = [];
  for (const { name, version, dependencies, fingerprint = version } of entries) {
    const given = { releaseId, name, version, fingerprint, dependencies, blobstoreId: null, sha1: null };
    await savePackage(database, given);
    const found = await findPackage(database, { releaseId, name, version });
    if (found !== undefined) stored.push(found);
  }
  return stored;
}

export async function storeJobs(upload: ReleaseUpload, entries: readonly JobEntry[]): Promise<number[]> {
  const present = await Promise.all(entries.map((entry) => findJob(upload.database, { ...upload, ...entry })));
  const fresh = entries.filter((_, index) => present[index] === undefined);
  const old = entries.filter((_, index) => present[index] !== undefined);
  const ids: number[] = [];
  if (fresh.length > 0) {
    const stage = upload.events.stage('Creating new jobs', fresh.length);
    for (const entry of fresh) {
      ids.push(await stage.track(`${entry.name}/${entry.version}`, () => storeJob(upload, entry)));
    }
  }
  if (old.length > 0) {
    const title = `Processing ${old.length} existing job${old.length === 1 ? '' : 's'}`;
    await upload.events.stage(title, 1).track(title, async () => {
      for (const entry of old) ids.push(await keepJob(upload, entry));
    });
  }
  return ids;
}

async function keepJob(upload: ReleaseUpload, entry: JobEntry): Promise<number> {
  if (upload.fix && entry.path !== undefined) return storeJob(upload, entry);
  const present = await findJob(upload.database, { ...upload, ...entry });
  if (present === undefined) throw new TypeError(`job ${entry.name} vanished`);
  return present.id;
}

async function storeJob(upload: ReleaseUpload, entry: JobEntry): Promise<number> {
  const { database, releaseId, signal } = upload;
  signal.throwIfAborted();
  const { name, version, sha1, fingerprint = version } = entry;
  if (entry.path === undefined) throw new JobInvalidArchive(`The tarball lacks job '${name}'`);
  const { spec } = await readJob(entry.path, { name, signal });
  const old = (await findJob(database, { releaseId, name, version }))?.blobstoreId;
  const blobstoreId = await putBlob(upload, { path: entry.path });
  const packageNames = spec.packages ?? [];
  return ownBlob(upload, { fresh: blobstoreId, old }, (sql) =>
    saveJob(sql, { releaseId, name, version, fingerprint, sha1, blobstoreId, packageNames, spec }),
  );
}
