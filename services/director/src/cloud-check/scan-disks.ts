import { diskCid, mapConcurrent } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import type { DeployContext } from '../deploy/context.ts';
import { instanceLabel } from '../deploy/instance-name.ts';
import type { StoredInstance } from '../instances/instance-store.ts';
import type { DiskSnapshot } from '../planner/snapshot.ts';
import { insertProblem } from './problem-store.ts';
import type { MountedDisks } from './scan-vms.ts';

type Health = 'ok' | 'missing_disk' | 'inactive_disk' | 'mount_info_mismatch';

interface OwnedDisk {
  readonly instance: StoredInstance;
  readonly disk: DiskSnapshot;
}

/** Looks for disks that the cloud lacks, that no instance uses, and that are not mounted where they should be. */
export async function scanDisks(
  ctx: DeployContext,
  instances: readonly StoredInstance[],
  mounted: MountedDisks,
): Promise<void> {
  const disks = instances
    .filter(({ ignore }) => !ignore)
    .flatMap((instance) => instance.disks.map((disk) => ({ instance, disk })));
  const stage = ctx.events.stage(`Scanning ${disks.length} persistent disks`, 2);
  const found = await stage.track('Looking for inactive disks', () =>
    mapConcurrent(disks, ctx.settings.maxThreads, (owned) => check(ctx, owned, mounted)),
  );
  const count = (wanted: Health): number => found.filter((health) => health === wanted).length;
  const states = `${count('missing_disk')} missing, ${count('inactive_disk')} inactive`;
  await stage.track(
    `${count('ok')} OK, ${states}, ${count('mount_info_mismatch')} mount-info mismatch`,
    async () => undefined,
  );
}

async function check(ctx: DeployContext, owned: OwnedDisk, mounted: MountedDisks): Promise<Health> {
  const health = await healthOf(ctx, owned, mounted);
  if (health === 'ok') return health;
  await insertProblem(ctx.database, ctx.deployment.id, {
    type: health,
    resourceId: owned.disk.id,
    instanceGroup: owned.instance.group,
    description: describe(health, owned, mounted.vmsByDisk.get(owned.disk.cid) ?? []),
  });
  return health;
}

async function healthOf(ctx: DeployContext, { instance, disk }: OwnedDisk, mounted: MountedDisks): Promise<Health> {
  if (!(await isInCloud(ctx, disk))) return 'missing_disk';
  if (!disk.active) return 'inactive_disk';
  return isMountedRightly(instance, disk, mounted) ? 'ok' : 'mount_info_mismatch';
}

/** An agent that did not answer is a problem of its own, and disks with a name are mounted by nobody but the jobs. */
function isMountedRightly({ vm }: StoredInstance, disk: DiskSnapshot, { vmsByDisk, askedVms }: MountedDisks): boolean {
  const vms = vmsByDisk.get(disk.cid) ?? [];
  if (vms.some((cid) => cid !== vm?.cid)) return false;
  if (vm === null || !askedVms.has(vm.cid) || disk.name !== '') return true;
  return vms.length === 1;
}

/** A CPI that cannot tell is believed to have the disk. */
async function isInCloud(ctx: DeployContext, disk: DiskSnapshot): Promise<boolean> {
  try {
    return await ctx.clouds.of(disk.cpi).hasDisk(diskCid(disk.cid));
  } catch (error) {
    if (isCloudError(error, 'NotImplemented', 'NotSupported')) return true;
    throw error;
  }
}

function describe(health: Health, { instance, disk }: OwnedDisk, vms: readonly string[]): string {
  const subject = `Disk '${disk.cid}' (${instanceLabel(instance)}, ${disk.sizeMib}M)`;
  if (health === 'missing_disk') return `${subject} is missing`;
  if (health === 'inactive_disk') return `${subject} is inactive`;
  const where = vms.length === 0 ? 'nowhere' : `on ${vms.map((cid) => `VM '${cid}'`).join(', ')}`;
  return `${subject} should be mounted on VM '${instance.vm?.cid ?? ''}' but is mounted ${where}`;
}
