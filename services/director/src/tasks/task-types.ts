import type { OpenServices } from '../services.ts';
import { attachDisk } from './handlers/attach-disk.ts';
import { cleanUp } from './handlers/clean-up.ts';
import { applyResolutions, scanAndFix, scanCloud } from './handlers/cloud-check.ts';
import { deleteDeployment } from './handlers/delete-deployment.ts';
import { deleteOrphanDisk } from './handlers/delete-orphan-disk.ts';
import { deleteRelease } from './handlers/delete-release.ts';
import { deleteStemcell } from './handlers/delete-stemcell.ts';
import { deleteVmByCid } from './handlers/delete-vm.ts';
import { exportRelease } from './handlers/export-release.ts';
import { fetchLogs } from './handlers/fetch-logs.ts';
import { orphanDisk } from './handlers/orphan-disk.ts';
import { runErrand } from './handlers/run-errand.ts';
import { createSnapshot, deleteDeploymentSnapshots, deleteSnapshot, snapshotDeployment } from './handlers/snapshots.ts';
import { ssh } from './handlers/ssh.ts';
import { updateDeployment } from './handlers/update-deployment.ts';
import { updateInstance } from './handlers/update-instance.ts';
import { updateRelease } from './handlers/update-release.ts';
import { updateStemcell } from './handlers/update-stemcell.ts';
import { vmState } from './handlers/vm-state.ts';
import type { AnyTaskType } from './task-type.ts';

/** Every sort of task that a worker of this Director can run. */
export function taskTypes(services: OpenServices): readonly AnyTaskType[] {
  return [
    updateDeployment(services),
    deleteDeployment(services),
    runErrand(services),
    updateInstance(services),
    vmState(services),
    ssh(services),
    fetchLogs(services),
    snapshotDeployment(services),
    createSnapshot(services),
    deleteSnapshot(services),
    deleteDeploymentSnapshots(services),
    attachDisk(services),
    orphanDisk(services),
    deleteOrphanDisk(services),
    deleteVmByCid(services),
    updateRelease(services),
    deleteRelease(services),
    updateStemcell(services),
    deleteStemcell(services),
    scanCloud(services),
    applyResolutions(services),
    scanAndFix(services),
    cleanUp(services),
    exportRelease(services),
  ];
}
