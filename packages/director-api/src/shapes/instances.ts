import { z } from 'zod';

const shortItem = {
  agent_id: z.string().nullable(),
  cid: z.string().nullable(),
  job: z.string(),
  index: z.number(),
  id: z.string(),
  az: z.string().nullable(),
  ips: z.array(z.string()),
  vm_created_at: z.string().nullable(),
};

/** One element of `GET /deployments/:d/vms` without `format=full`. */
export const vmSchema = z.object({
  ...shortItem,
  active: z.boolean().optional(),
  permanent_nats_credentials: z.boolean().optional(),
});

/** One element of `GET /deployments/:d/instances` without `format=full`. */
export const instanceSchema = z.object({ ...shortItem, expects_vm: z.boolean() });

const percentAndKb = z.object({
  percent: z.union([z.string(), z.number()]).nullish(),
  kb: z.union([z.string(), z.number()]).nullish(),
});
const diskUsage = z.object({ percent: z.string().nullish(), inode_percent: z.string().nullish() });

/** What the agent says of its VM's load. Strings and numbers are passed on as the agent sent them. */
export const vitalsSchema = z.object({
  cpu: z.object({ user: z.string().nullish(), sys: z.string().nullish(), wait: z.string().nullish() }).nullish(),
  mem: percentAndKb.nullish(),
  swap: percentAndKb.nullish(),
  load: z.array(z.string()).nullish(),
  disk: z
    .object({
      system: diskUsage.nullish(),
      ephemeral: diskUsage.nullish(),
      persistent: diskUsage.nullish(),
    })
    .nullish(),
  uptime: z.object({ secs: z.number().nullish() }).nullish(),
});

export const processSchema = z.object({
  name: z.string(),
  state: z.string(),
  uptime: z.object({ secs: z.number().nullish() }).nullish(),
  mem: z.object({ kb: z.number().nullish(), percent: z.number().nullish() }).nullish(),
  cpu: z.object({ total: z.number().nullish() }).nullish(),
});

/** One line of the result of `vms` and `instances` with `format=full` (newline-delimited JSON). */
export const vmStateSchema = z.object({
  vm_cid: z.string().nullable(),
  active: z.boolean().nullish(),
  vm_created_at: z.string().nullish(),
  cloud_properties: z.unknown().optional(),
  disk_cid: z.string().nullish(),
  disk_cids: z.array(z.string()),
  ips: z.array(z.string()),
  dns: z.array(z.string()).nullish(),
  agent_id: z.string().nullable(),
  job_name: z.string(),
  index: z.number().nullable(),
  job_state: z.string().nullable(),
  state: z.string().nullish(),
  resource_pool: z.string().nullish(),
  vm_type: z.string().nullish(),
  vitals: vitalsSchema.nullish(),
  processes: z.array(processSchema).nullish(),
  resurrection_paused: z.boolean().nullish(),
  az: z.string().nullish(),
  id: z.string(),
  bootstrap: z.boolean().nullish(),
  ignore: z.boolean().nullish(),
  stemcell: z
    .object({ name: z.string().nullable(), version: z.string().nullable(), api_version: z.number().nullish() })
    .nullish(),
});

/** One element of `GET /orphaned_vms` */
export const orphanedVmSchema = z.object({
  az: z.string().nullable(),
  cid: z.string(),
  deployment_name: z.string(),
  instance_name: z.string(),
  ip_addresses: z.array(z.string()),
  orphaned_at: z.string(),
});

export type Vm = z.infer<typeof vmSchema>;
export type Instance = z.infer<typeof instanceSchema>;
export type VmState = z.infer<typeof vmStateSchema>;
export type Vitals = z.infer<typeof vitalsSchema>;
export type ProcessState = z.infer<typeof processSchema>;
export type OrphanedVm = z.infer<typeof orphanedVmSchema>;
