import { z } from 'zod';

/** One element of `GET /disks` and `GET /orphan_disks`. Size in MiB. */
export const orphanDiskSchema = z.object({
  disk_cid: z.string(),
  size: z.number(),
  az: z.string().nullable(),
  deployment_name: z.string(),
  instance_name: z.string(),
  cloud_properties: z.unknown(),
  orphaned_at: z.string(),
});

/** One element of `GET /deployments/:d/snapshots` */
export const snapshotSchema = z.object({
  job: z.string().nullable(),
  index: z.number().nullable(),
  uuid: z.string(),
  snapshot_cid: z.string(),
  created_at: z.string(),
  clean: z.boolean(),
});

/** One element of `GET /networks?orphaned=true` */
export const orphanNetworkSchema = z.object({
  name: z.string(),
  type: z.string(),
  created_at: z.string().nullable(),
  orphaned_at: z.string().nullable(),
});

export type OrphanDisk = z.infer<typeof orphanDiskSchema>;
export type Snapshot = z.infer<typeof snapshotSchema>;
export type OrphanNetwork = z.infer<typeof orphanNetworkSchema>;
