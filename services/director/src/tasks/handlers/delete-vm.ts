import { type CpiClients, cloudsFor } from '../../cloud/clouds.ts';
import type { Database } from '../../database/sql.ts';
import type { BusAccess } from '../../deploy/context.ts';
import { deleteCloudVm } from '../../deploy/steps/delete-vm.ts';
import { recordOperation } from '../../events/record-operation.ts';
import { deleteVmRow, findVmByCid } from '../../vms/vm-store.ts';
import { deleteVmTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface Deps {
  readonly database: Database;
  readonly cpis: CpiClients;
  readonly busAccess: BusAccess;
}

const lockWaitMs = 10_000;

/** Deletes a VM by its cid, whether the Director knows it or not. */
export function deleteVmByCid(deps: Deps): TaskType<{ vmCid: string }> {
  return taskType(deleteVmTask, async ({ vmCid }, task) => {
    const stage = task.events.stage('Delete VM', 1);
    await stage.track(vmCid, () =>
      task.withLock(`lock:vm:${vmCid}`, { waitMs: lockWaitMs }, async () => {
        const { user, taskId } = task;
        const event = { user, taskId, action: 'delete', objectType: 'vm', objectName: vmCid };
        await recordOperation(deps.database, event, () => remove(deps, task, vmCid));
        await stage.track(`VM ${vmCid} is successfully deleted`, async () => undefined);
      }),
    );
    return `vm ${vmCid} deleted`;
  });
}

async function remove({ database, cpis, busAccess }: Deps, task: TaskContext, cid: string): Promise<void> {
  const vm = await findVmByCid(database, cid);
  await deleteCloudVm({ clouds: cloudsFor(cpis, task) }, { cid, cpi: vm?.cpi ?? '' });
  if (vm !== undefined) await deleteVmRow(database, vm.id);
  await busAccess.refresh();
}
