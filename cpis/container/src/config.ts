import { isAbsolute } from 'node:path';
import { z } from 'zod';

export const configSchema = z.strictObject({
  /** Folder for everything this cloud keeps: stemcells, VMs, disks, snapshots. */
  stateDir: z.string().refine(isAbsolute, 'must be an absolute path'),
  /** Bridge in the host's network; made when the first VM needs it. */
  bridge: z
    .string()
    .regex(/^boti[A-Za-z0-9_.-]{0,11}$/, "must begin with 'boti' and have at most 15 characters")
    .default('boti0'),
  runtime: z.enum(['auto', 'runc', 'crun']).default('auto'),
  /** MiB of a VM's disk when its cloud properties name none. */
  defaultDiskMib: z.number().int().positive().default(10_240),
});
export type ContainerConfig = z.infer<typeof configSchema>;
