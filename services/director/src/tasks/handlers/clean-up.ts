import type { Blobstore } from '@boti/blobstore';
import { blobId } from '@boti/core';
import { forgetBlob, insertPendingBlobs } from '../../blobs/blob-store.ts';
import { deleteAbandonedBlobs, dropBlobs } from '../../blobs/pending-blobs.ts';
import { type CompiledArtifact, deleteCompiledPackage, stillThere } from '../../clean-up/artifact-store.ts';
import { type CleanUpOptions, findArtifacts } from '../../clean-up/find-artifacts.ts';
import type { CpiClients } from '../../cloud/clouds.ts';
import type { Database } from '../../database/sql.ts';
import { lockNames } from '../../locks/with-lock.ts';
import type { StemcellUse } from '../../stemcells/stemcell-store.ts';
import { cleanUpTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';
import { deleteDisk } from './delete-orphan-disk.ts';
import { removeRelease } from './delete-release.ts';
import { removeStemcell } from './delete-stemcell.ts';

interface Deps {
  readonly database: Database;
  readonly blobstore: Blobstore;
  readonly cpis: CpiClients;
}

const lockWaitMs = 10_000;

/** Deletes what no deployment needs. */
export function cleanUp(deps: Deps): TaskType<CleanUpOptions> {
  return taskType(cleanUpTask, async (options, task) => {
    await deleteAbandonedBlobs({ ...deps, log: task.log });
    const found = await findArtifacts(deps.database, options);
    await each(task, 'Deleting releases', found.releases, {
      label: ({ name, version }) => `${name}/${version}`,
      work: (release) =>
        task.withLock(lockNames.release(release.name), { waitMs: lockWaitMs }, () =>
          removeRelease(deps, withoutStages(task), release),
        ),
    });
    await each(task, 'Deleting stemcells', found.stemcells, {
      label: ({ name, version }) => `${name}/${version}`,
      work: (stemcell) => deleteUnusedStemcell(deps, task, stemcell),
    });
    // Those of the releases have gone with them.
    const compiled = await stillThere(deps.database, found.compiledPackages);
    await each(task, 'Deleting compiled packages', compiled, {
      label: (one) => `${one.packageName} for ${one.stemcellOs}/${one.stemcellVersion}`,
      work: (one) => deleteCompiled(deps, task, one),
    });
    await each(task, 'Deleting orphaned disks', found.orphanedDisks, {
      label: ({ cid }) => cid,
      work: (disk) => deleteDisk(deps, task, { cid: disk.cid, disk }),
    });
    await each(task, 'Deleting exported releases', found.exportedReleases, {
      label: (id) => id,
      work: (id) => deleteExport(deps, id),
    });
    return (
      `Deleted ${found.releases.length} release(s), ${found.stemcells.length} stemcell(s), ` +
      `${compiled.length} extra compiled package(s), ${found.orphanedDisks.length} orphaned disk(s), ` +
      `0 orphaned vm(s), ${found.exportedReleases.length} exported release(s), 0 dns blob(s)`
    );
  });
}

interface Deletion<T> {
  readonly label: (item: T) => string;
  readonly work: (item: T) => Promise<unknown>;
}

async function each<T>(
  task: TaskContext,
  stageName: string,
  items: readonly T[],
  { label, work }: Deletion<T>,
): Promise<void> {
  const stage = task.events.stage(stageName, items.length);
  for (const item of items) {
    task.signal.throwIfAborted();
    await stage.track(label(item), () => work(item));
  }
}

/** The clean up's own stage tells of the release: deleting it adds no stages of its own. */
function withoutStages(task: TaskContext): Pick<TaskContext, 'events' | 'log' | 'taskId'> {
  const silentStage = {
    track: <T>(_: string, work: (progress: { status(): void }) => Promise<T>) => work({ status: () => undefined }),
  };
  return { log: task.log, taskId: task.taskId, events: { ...task.events, stage: () => silentStage } };
}

/** Cloud first: the row that a crash leaves is found by the next clean up. */
function deleteUnusedStemcell(deps: Deps, task: TaskContext, stemcell: StemcellUse): Promise<void> {
  return task.withLock(lockNames.stemcell(stemcell.name, stemcell.version), { waitMs: lockWaitMs }, () =>
    removeStemcell(deps, task, { stemcell, force: false }),
  );
}

/** The record goes first: a record without its blob would break deploys. */
async function deleteCompiled({ database, blobstore }: Deps, task: TaskContext, one: CompiledArtifact): Promise<void> {
  await database.transaction(async (sql) => {
    await insertPendingBlobs(sql, task.taskId, [one.blobstoreId]);
    await deleteCompiledPackage(sql, one.id);
  });
  await dropBlobs({ database, blobstore, log: task.log }, [one.blobstoreId]);
}

async function deleteExport({ database, blobstore }: Deps, id: string): Promise<void> {
  await blobstore.delete(blobId(id));
  await forgetBlob(database, id);
}
