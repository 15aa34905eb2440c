import type { ApplySpec } from '@boti/agent-protocol';
import { insertPendingBlobs } from '../../blobs/blob-store.ts';
import { dropBlobs } from '../../blobs/pending-blobs.ts';
import { orphanDisk } from '../../disks/disk-store.ts';
import { deleteInstanceRow, type StoredInstance } from '../../instances/instance-store.ts';
import { inactiveVmsOfInstance } from '../../vms/vm-store.ts';
import type { DeployContext, Progress } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import { deleteVm } from './delete-vm.ts';
import { deleteSnapshots } from './snapshot-disks.ts';
import { type StopIntent, stopInstance } from './stop-instance.ts';
import { tolerating } from './tolerating.ts';

export interface DeleteRequest {
  readonly intent: Extract<StopIntent, 'delete_instance' | 'delete_deployment'>;
  readonly skipDrain: boolean;
  readonly keepSnapshots: boolean;
  /** Goes on when the agent or the CPI fails. */
  readonly force: boolean;
}

const noProgress: Progress = { status: () => undefined };

/** Stops an instance, deletes its VM, orphans its disks and forgets it. Each step may be repeated after a crash. */
export async function deleteInstance(
  ctx: DeployContext,
  instance: StoredInstance,
  request: DeleteRequest,
): Promise<void> {
  const { vm } = instance;
  const attempt = tolerating(ctx, request.force);
  const name = instanceName(instance);
  const left = await inactiveVmsOfInstance(ctx.database, instance.id);
  const vms = vm === null ? left : [vm, ...left];
  if (vm !== null && instance.agent?.responsive !== false) {
    await attempt(`${name} could not be stopped`, () => stop(ctx, instance, request));
  }
  if (!request.keepSnapshots) {
    await attempt(`Snapshots of ${name} could not be deleted`, () => deleteSnapshots(ctx, instance.disks));
  }
  for (const one of vms) {
    await attempt(`VM '${one.cid}' of ${name} could not be deleted`, () => deleteVm(ctx, one));
  }
  const archive = instance.spec?.renderedTemplatesArchive;
  const blobs = archive == null ? [] : [archive.blobstoreId];
  await ctx.database.transaction(async (sql) => {
    for (const disk of instance.disks) await orphanDisk(sql, disk.id);
    await insertPendingBlobs(sql, ctx.taskId, blobs);
    await deleteInstanceRow(sql, instance.id);
  });
  await ctx.busAccess.refresh();
  await dropBlobs(ctx, blobs);
}

async function stop(ctx: DeployContext, instance: StoredInstance, request: DeleteRequest): Promise<void> {
  if (instance.vm === null) return;
  // BOSH: delete-deployment sends an empty spec with drain; deleting one instance sends the one it has.
  const spec = request.intent === 'delete_deployment' ? {} : ((instance.spec?.applySpec ?? {}) as ApplySpec);
  const subject = {
    agentId: instance.vm.agentId,
    name: instanceName(instance),
    intent: request.intent,
    drainType: 'shutdown' as const,
    spec,
    skipDrain: request.skipDrain,
  };
  await stopInstance(ctx, subject, noProgress);
}
