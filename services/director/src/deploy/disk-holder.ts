import { vmCid } from '@boti/core';
import type { InstanceSnapshot } from '../planner/snapshot.ts';
import type { DiskHolder } from './steps/attach-disk.ts';

/** A stored instance as its disks' steps need it, without a plan; null while it has no VM. */
export function diskHolder({ vm, spec, group, uuid, index }: InstanceSnapshot): DiskHolder | null {
  if (vm === null) return null;
  const { id, cid, agentId, cpi, stemcell } = vm;
  return {
    vm: { id, cid: vmCid(cid), agentId, cpi, stemcellApiVersion: stemcell.apiVersion },
    plan: { group, uuid, index, tags: spec?.tags ?? {} },
  };
}
