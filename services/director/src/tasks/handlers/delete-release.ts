import type { Blobstore } from '@boti/blobstore';
import { insertPendingBlobs } from '../../blobs/blob-store.ts';
import { deleteAbandonedBlobs, dropBlobs } from '../../blobs/pending-blobs.ts';
import type { Database } from '../../database/sql.ts';
import { ReleaseInUse, ReleaseNotFound, ReleaseVersionInUse, ReleaseVersionNotFound } from '../../errors.ts';
import { recordOperation } from '../../events/record-operation.ts';
import { deleteVersions, findReleaseId, listVersions, versionsOf } from '../../releases/release-store.ts';
import { deleteReleaseTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface Deps {
  readonly database: Database;
  readonly blobstore: Blobstore;
}

interface Input {
  readonly name: string;
  readonly version: string | null;
  readonly force: boolean;
}

const lockWaitMs = 10_000;

/** Deletes one version of a release, or all, unless a deployment uses it. */
export function deleteRelease(deps: Deps): TaskType<Input> {
  return taskType(deleteReleaseTask, async (input, task) => {
    const label = input.version === null ? input.name : `${input.name}/${input.version}`;
    const { user, taskId } = task;
    const event = { user, taskId, action: 'delete', objectType: 'release', objectName: label };
    await task.withLock(`lock:release:${input.name}`, { waitMs: lockWaitMs }, () =>
      recordOperation(deps.database, event, () => removeRelease(deps, task, input)),
    );
    return `/release/${input.name}`;
  });
}

/** Records first, blobs after: a blob that stays behind costs space, a record without its blob breaks deploys. */
export async function removeRelease(
  { database, blobstore }: Deps,
  task: Pick<TaskContext, 'events' | 'log' | 'taskId'>,
  { name, version }: Pick<Input, 'name' | 'version'>,
): Promise<void> {
  await deleteAbandonedBlobs({ database, blobstore, log: task.log });
  const releaseId = await findReleaseId(database, name);
  if (releaseId === undefined) throw new ReleaseNotFound(name);
  const versions = (await versionsOf(database, releaseId)).filter((one) => version === null || one.version === version);
  if (version !== null && versions.length === 0) throw new ReleaseVersionNotFound(name, version);
  await refuseUsed(database, name, version);
  const stage = task.events.stage('Deleting release versions', versions.length);
  const labels = versions.map((one) => `${name}/${one.version}`).join(', ');
  await stage.track(labels === '' ? name : labels, async () => {
    const ids = versions.map(({ id }) => id);
    const blobs = await database.transaction(async (sql) => {
      const owned = await deleteVersions(sql, releaseId, ids);
      await insertPendingBlobs(sql, task.taskId, owned);
      return owned;
    });
    await dropBlobs({ database, blobstore, log: task.log }, blobs);
  });
}

async function refuseUsed(database: Database, name: string, version: string | null): Promise<void> {
  const versions = (await listVersions(database)).filter(
    (one) => one.release === name && (version === null || one.version === version),
  );
  const users = [...new Set(versions.flatMap(({ deployments }) => deployments))];
  if (users.length === 0) return;
  if (version === null) throw new ReleaseInUse(name, users);
  throw new ReleaseVersionInUse(version, users);
}
