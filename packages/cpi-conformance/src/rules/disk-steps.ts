import type { Version } from '../rule.ts';
import type { Trial } from '../run/trial.ts';

/** Most rules about disks come from there. */
export const diskManager = 'bosh bosh-director lib/bosh/director/disk_manager.rb';

/** Answer of get_disks, sorted. */
export async function disksOf(t: Trial, vm: string): Promise<unknown> {
  const disks = await t.succeeds('get_disks', [vm]);
  return Array.isArray(disks) ? disks.toSorted() : disks;
}

export async function attach(t: Trial, vm: string, disk: string, version?: Version): Promise<unknown> {
  return await t.succeeds('attach_disk', [vm, disk], version === undefined ? {} : { version });
}
