import type { DiskHint } from '@boti/agent-protocol';
import { CloudError } from '../cloud-error.ts';

/**
 * What attach_disk answers, so that the agent finds the disk in its VM. Which form an agent understands follows from
 * `DevicePathResolutionType` of its agent.json. All values are texts. Source: bosh-agent settings/settings.go.
 */
export const diskHints = {
  /** A device path, `/dev/sdc`; also tried as `/dev/vdc` and `/dev/xvdc`. Resolution `virtio` or none. */
  path: (path: string): DiskHint => ({ path }),
  /** The unit number on the SCSI controller. Resolution `scsi`. */
  volumeId: (unit: number | string): DiskHint => ({ volume_id: String(unit) }),
  /** What `/dev/disk/by-id` has of the disk; dashes do not matter. Resolution `scsi`. */
  id: (id: string): DiskHint => ({ id }),
  /** Logical unit and host device, as on Azure. Resolution `scsi`. */
  lun: (lun: number | string, hostDeviceId: string): DiskHint => ({ lun: String(lun), host_device_id: hostDeviceId }),
  /** An iSCSI target. Resolution `iscsi`. */
  iscsi: (settings: {
    readonly initiator_name: string;
    readonly username: string;
    readonly password: string;
    readonly target: string;
  }): DiskHint => ({ iscsi_settings: settings }),
} as const;

const letters = 'bcdefghijklmnopqrstuvwxyz';

/**
 * The first of `/dev/sdb` to `/dev/sdz` that is not in `used`; `sda`, `vda` and `xvda` count as one. Throws CloudError when
 * all are taken.
 */
export function freeDevicePath(used: readonly string[]): string {
  const taken = new Set(used.map((path) => path.replace(/^.*[sv]d/, '')));
  const free = [...letters].find((letter) => !taken.has(letter));
  if (free !== undefined) return `/dev/sd${free}`;
  throw new CloudError('CloudError', `No device name is free: ${used.length} disks are attached to this VM`);
}
