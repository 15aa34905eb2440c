import type { ApplySpec } from '@boti/agent-protocol';
import { blobId } from '@boti/core';
import { orphanDisk } from '../../disks/disk-store.ts';
import { deleteInstanceRow, type StoredInstance } from '../../instances/instance-store.ts';
import { inactiveVmsOfInstance } from '../../vms/vm-store.ts';
import type { DeployContext, Progress } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import { deleteVm } from './delete-vm.ts';
import { deleteSnapshots } from './snapshot-disks.ts';
import { type StopIntent, stopInstance } from './stop-instance.ts';
import { dropTemplates } from './store-templates.ts';

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
  const attempt = tolerating(ctx, request.force);
  const { vm } = instance;
  if (vm !== null && instance.agent?.responsive !== false) await attempt(() => stop(ctx, instance, request));
  if (!request.keepSnapshots) await attempt(() => deleteSnapshots(ctx, instance.disks));
  if (vm !== null) await attempt(() => deleteVm(ctx, vm));
  for (const left of await inactiveVmsOfInstance(ctx.database, instance.id)) await attempt(() => deleteVm(ctx, left));
  await ctx.database.transaction(async (sql) => {
    for (const disk of instance.disks) await orphanDisk(sql, disk.id);
    await deleteInstanceRow(sql, instance.id);
  });
  await ctx.busAccess.refresh();
  const archive = instance.spec?.renderedTemplatesArchive;
  if (archive) await dropTemplates(ctx, blobId(archive.blobstoreId));
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

function tolerating(ctx: DeployContext, force: boolean): (work: () => Promise<unknown>) => Promise<void> {
  return async (work) => {
    try {
      await work();
    } catch (error) {
      if (!force || ctx.signal.aborted) throw error;
      ctx.log.warn('went on after a failure because of --force', { error });
    }
  };
}
