export { consoleLog } from './console-log.ts';
export {
  attachDisk,
  createDisk,
  deleteDisk,
  deleteSnapshot,
  detachDisk,
  hasDisk,
  listDisks,
  listSnapshots,
  resizeDisk,
  setDiskMetadata,
  snapshotDisk,
} from './disks.ts';
export { type HostContext, openHost } from './host-context.ts';
export { requireRoot } from './requirements.ts';
export { removeAll, startAll, stopAll } from './shut-down.ts';
export { createStemcell, deleteStemcell } from './stemcells.ts';
export { requireVmRecord, type VmAddress, vmPaths } from './vm-record.ts';
export { createVm, deleteVm, hasVm, listVms, rebootVm } from './vms.ts';
