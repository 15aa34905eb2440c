import { Readable } from 'node:stream';
import { digestOf } from '@boti/core';
import { insertPendingBlobs } from '../../blobs/blob-store.ts';
import { dropBlobs, keepBlob, putBlob } from '../../blobs/pending-blobs.ts';
import { findInstance, saveSpec } from '../../instances/instance-store.ts';
import type { StoredSpec } from '../../planner/snapshot.ts';
import type { Configuration } from '../apply-spec.ts';
import type { DeployContext } from '../context.ts';
import type { InstanceRun } from '../instance-run.ts';

/** Puts the rendered files where the agent fetches them. */
export async function storeTemplates(ctx: DeployContext, run: InstanceRun): Promise<Configuration['archive']> {
  const { archive } = run.rendered;
  if (archive === null) return null;
  const id = await putBlob(ctx, { stream: Readable.from([archive]) });
  return { blobstoreId: id, sha1: digestOf(archive, 'sha256') };
}

/** Stores the spec that names the archive; the one of the update before is of no use then. */
export async function saveSpecWithTemplates(ctx: DeployContext, run: InstanceRun, spec: StoredSpec): Promise<void> {
  const current = spec.renderedTemplatesArchive?.blobstoreId;
  const stored = (await findInstance(ctx.database, run.id))?.spec?.renderedTemplatesArchive?.blobstoreId;
  const old = stored === undefined || stored === current ? [] : [stored];
  await ctx.database.transaction(async (sql) => {
    await saveSpec(sql, run.id, spec);
    if (current !== undefined) await keepBlob(sql, current);
    if (old.length > 0) await insertPendingBlobs(sql, ctx.taskId, old);
  });
  await dropBlobs(ctx, old);
}
