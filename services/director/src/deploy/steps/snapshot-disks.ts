import { diskCid, snapshotCid } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import { createRecorded } from '../../cloud/create-recorded.ts';
import { deleteSnapshotRow, insertSnapshot, snapshotsOf } from '../../disks/snapshot-store.ts';
import type { InstancePlan } from '../../planner/plan.ts';
import type { DiskSnapshot } from '../../planner/snapshot.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';

export interface SnapshotSubject {
  readonly plan: Pick<InstancePlan, 'group' | 'uuid' | 'index' | 'tags'>;
  readonly agentId: string | null;
  readonly disks: readonly DiskSnapshot[];
}

/** Snapshots the active disks; `clean` when the jobs were stopped for it. A CPI may lack the call. */
export async function snapshotDisks(ctx: DeployContext, subject: SnapshotSubject, clean: boolean): Promise<string[]> {
  if (!ctx.settings.enableSnapshots) return [];
  const { plan } = subject;
  const metadata = {
    ...plan.tags,
    deployment: ctx.deployment.name,
    job: plan.group,
    index: plan.index,
    director_name: ctx.settings.directorName,
    director_uuid: ctx.settings.directorUuid,
    agent_id: subject.agentId,
    instance_id: plan.uuid,
  };
  const taken: string[] = [];
  for (const disk of subject.disks.filter(({ active }) => active)) {
    try {
      taken.push(await snapshotDisk(ctx, { subject, disk, metadata, clean }));
    } catch (error) {
      if (!isCloudError(error, 'NotImplemented', 'NotSupported')) throw error;
    }
  }
  return taken;
}

interface SnapshotRequest {
  readonly subject: SnapshotSubject;
  readonly disk: DiskSnapshot;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly clean: boolean;
}

function snapshotDisk(ctx: DeployContext, { subject, disk, metadata, clean }: SnapshotRequest): Promise<string> {
  const creationId = ctx.newUuid();
  const cloud = ctx.clouds.of(disk.cpi, { creationId });
  return createRecorded(ctx.database, {
    creation: {
      id: creationId,
      kind: 'snapshot',
      cpi: disk.cpi,
      agentId: null,
      deployment: ctx.deployment.name,
      instance: instanceName(subject.plan),
      taskId: ctx.taskId,
    },
    cloud,
    create: () => cloud.snapshotDisk(diskCid(disk.cid), metadata),
    store: async (sql, cid) => {
      await insertSnapshot(sql, { diskId: disk.id, cid, clean });
      return cid;
    },
  });
}

export async function deleteSnapshots(ctx: DeployContext, disks: readonly DiskSnapshot[]): Promise<void> {
  for (const disk of disks) {
    for (const snapshot of await snapshotsOf(ctx.database, disk.id)) {
      await ctx.clouds.of(disk.cpi).deleteSnapshot(snapshotCid(snapshot.cid));
      await deleteSnapshotRow(ctx.database, snapshot.id);
    }
  }
}
