import { Readable } from 'node:stream';
import { type BlobId, blobId, digestOf } from '@boti/core';
import type { Configuration } from '../apply-spec.ts';
import type { DeployContext } from '../context.ts';
import type { InstanceRun } from '../instance-run.ts';

/** Puts the rendered files where the agent fetches them. */
export async function storeTemplates(ctx: DeployContext, run: InstanceRun): Promise<Configuration['archive']> {
  const { archive } = run.rendered;
  if (archive === null) return null;
  const id = await ctx.blobstore.put({ stream: Readable.from([archive]) });
  return { blobstoreId: id, sha1: digestOf(archive, 'sha256') };
}

/** The archive of the last update is of no use once the new spec is stored. */
export async function dropOldTemplates(
  ctx: DeployContext,
  run: InstanceRun,
  current: Configuration['archive'],
): Promise<void> {
  const old = run.plan.existing?.spec?.renderedTemplatesArchive;
  if (old === null || old === undefined || old.blobstoreId === current?.blobstoreId) return;
  await dropTemplates(ctx, blobId(old.blobstoreId));
}

export async function dropTemplates(ctx: DeployContext, id: BlobId): Promise<void> {
  try {
    await ctx.blobstore.delete(id);
  } catch (error) {
    ctx.log.warn('an old template archive could not be deleted', { blob: id, error });
  }
}
