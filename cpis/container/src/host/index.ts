export { consoleLog } from './console-log.ts';
export {
  attachDisk,
  createDisk,
  deleteDisk,
  detachDisk,
  hasDisk,
  listDisks,
  listSnapshots,
  removeSnapshot,
  resizeDisk,
  setDiskMetadata,
  snapshotDisk,
} from './disks.ts';
export { type HostContext, openHost } from './host-context.ts';
export { removeAll, startAll, stopAll } from './shut-down.ts';
export { createStemcell, deleteStemcell } from './stemcells.ts';
export { requireVmRecord, type VmAddress, vmPaths } from './vm-record.ts';
export { createVm, deleteVm, hasVm, listVms, type NewVm, rebootVm } from './vms.ts';
