import { z } from 'zod';

/** `POST /cleanup` */
export const cleanUpRequestSchema = z.object({
  config: z.object({ remove_all: z.boolean(), keep_orphaned_disks: z.boolean().optional() }),
});

/** `GET /cleanup/dryrun` */
export const cleanUpPlanSchema = z.object({
  releases: z.array(z.object({ name: z.string(), versions: z.array(z.string()) })).nullish(),
  stemcells: z.array(z.object({ name: z.string(), version: z.string() })).nullish(),
  compiled_packages: z
    .array(z.object({ package_name: z.string(), stemcell_os: z.string(), stemcell_version: z.string() }))
    .nullish(),
  orphaned_disks: z
    .array(
      z.object({
        disk_cid: z.string(),
        deployment_name: z.string(),
        instance_name: z.string(),
        size: z.number(),
      }),
    )
    .nullish(),
  orphaned_vms: z
    .array(z.object({ cid: z.string(), deployment_name: z.string(), instance_name: z.string() }))
    .nullish(),
  exported_releases: z.array(z.unknown()).nullish(),
  dns_blobs: z.array(z.unknown()).nullish(),
});

export type CleanUpRequest = z.infer<typeof cleanUpRequestSchema>;
export type CleanUpPlan = z.infer<typeof cleanUpPlanSchema>;
