import { stemcellCid } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import { type CpiClients, cloudsFor } from '../../cloud/clouds.ts';
import type { Database } from '../../database/sql.ts';
import { StemcellInUse, StemcellNotFound } from '../../errors.ts';
import { recordOperation } from '../../events/record-operation.ts';
import { deleteStemcellRow, findStemcells, type StemcellUse } from '../../stemcells/stemcell-store.ts';
import { deleteStemcellTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface Deps {
  readonly database: Database;
  readonly cpis: CpiClients;
}

interface Input {
  readonly name: string;
  readonly version: string;
  readonly force: boolean;
}

const lockWaitMs = 10_000;

/** Deletes a stemcell that no deployment uses, from the cloud first. */
export function deleteStemcell(deps: Deps): TaskType<Input> {
  return taskType(deleteStemcellTask, async ({ name, version, force }, task) => {
    const label = `${name}/${version}`;
    const { user, taskId } = task;
    const event = { user, taskId, action: 'delete', objectType: 'stemcell', objectName: label };
    await recordOperation(deps.database, event, () =>
      task.withLock(`lock:stemcells:${name}:${version}`, { waitMs: lockWaitMs }, async () => {
        const stemcells = await findStemcells(deps.database, name, version);
        if (stemcells.length === 0) throw new StemcellNotFound(`Stemcell '${label}' doesn't exist`);
        const users = [...new Set(stemcells.flatMap(({ deployments }) => deployments))];
        if (users.length > 0) throw new StemcellInUse(label, users);
        const stage = task.events.stage('Deleting stemcell from cloud', stemcells.length);
        for (const stemcell of stemcells) {
          await stage.track(label, () => removeStemcell(deps, task, { stemcell, force }));
        }
      }),
    );
    return `/stemcells/${label}`;
  });
}

interface Removal {
  readonly stemcell: StemcellUse;
  readonly force: boolean;
}

/** With `force`, a cloud that refuses does not keep our record alive. */
export async function removeStemcell(
  deps: Deps,
  task: Pick<TaskContext, 'signal' | 'cpiLog' | 'log'>,
  { stemcell, force }: Removal,
): Promise<void> {
  try {
    await cloudsFor(deps.cpis, task).of(stemcell.cpi).deleteStemcell(stemcellCid(stemcell.cid));
  } catch (error) {
    task.signal.throwIfAborted();
    if (!force && !isCloudError(error, 'StemcellNotFound')) throw error;
    task.log.warn('the cloud did not delete a stemcell', { cid: stemcell.cid, error });
  }
  await deleteStemcellRow(deps.database, stemcell.id);
}
