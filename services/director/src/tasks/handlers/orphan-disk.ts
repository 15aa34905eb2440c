import { diskCid } from '@boti/core';
import { type CpiClients, cloudsFor } from '../../cloud/clouds.ts';
import type { Database } from '../../database/sql.ts';
import type { Agents } from '../../deploy/context.ts';
import { findAttachedDisk, orphanDisk as orphan } from '../../disks/disk-store.ts';
import { ResourceNotFound } from '../../errors.ts';
import { recordOperation } from '../../events/record-operation.ts';
import { orphanDiskTask } from '../task-kinds.ts';
import { type TaskType, taskType } from '../task-type.ts';

interface Deps {
  readonly database: Database;
  readonly cpis: CpiClients;
  readonly agents: Agents;
}

/** Takes a persistent disk from its instance; it is kept as an orphan. */
export function orphanDisk(deps: Deps): TaskType<{ diskCid: string }> {
  return taskType(orphanDiskTask, async (input, task) => {
    const cid = input.diskCid;
    const disk = await findAttachedDisk(deps.database, cid);
    if (disk === undefined) throw new ResourceNotFound(`disk ${cid} does not exist`);
    const { user, taskId, signal } = task;
    const event = { user, taskId, action: 'orphan', objectType: 'disk', objectName: cid, deployment: disk.deployment };
    const stage = task.events.stage('Orphan disk', 1);
    await stage.track(cid, () =>
      recordOperation(deps.database, event, async () => {
        if (disk.vm !== null) {
          const agent = deps.agents.of(disk.vm.agentId, disk.instance);
          await agent.call('unmount_disk', [cid], { signal });
          await agent.call('remove_persistent_disk', [cid], { signal });
          await cloudsFor(deps.cpis, task).of(disk.cpi).detachDisk(disk.vm.cid, diskCid(cid));
        }
        await deps.database.transaction((sql) => orphan(sql, disk.id));
      }),
    );
    return `disk ${cid} orphaned`;
  });
}
