import type { DiskResolveSubject, Resolver, ResolveSubject } from '../resolve-subject.ts';
import { inactiveDisk } from './inactive-disk.ts';
import { missingDisk } from './missing-disk.ts';
import { missingVm } from './missing-vm.ts';
import { mountInfoMismatch } from './mount-info-mismatch.ts';
import { unresponsiveAgent } from './unresponsive-agent.ts';

/** Problems of instances: their resource is the instance. */
export const vmResolvers: Readonly<Record<string, Resolver<ResolveSubject>>> = {
  missing_vm: missingVm,
  unresponsive_agent: unresponsiveAgent,
};

/** Problems of disks: their resource is the disk. */
export const diskResolvers: Readonly<Record<string, Resolver<DiskResolveSubject>>> = {
  missing_disk: missingDisk,
  inactive_disk: inactiveDisk,
  mount_info_mismatch: mountInfoMismatch,
};
