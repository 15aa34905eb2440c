import { z } from 'zod';

/** A network as the Director describes it to a VM. Free-form: agents keep it verbatim, the Director compares it exactly. */
export const agentNetworkSchema = z.looseObject({
  type: z.string().optional(),
  ip: z.string().optional(),
  netmask: z.string().optional(),
  gateway: z.string().optional(),
  dns: z.array(z.string()).nullish(),
  default: z.array(z.string()).nullish(),
});
export type AgentNetwork = z.infer<typeof agentNetworkSchema>;

/** Reference to a compiled package in an apply spec, or to a dependency in `compile_package`. `sha1` is any digest. */
export const packageRefSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  sha1: z.string(),
  blobstore_id: z.string().optional(),
  signed_url: z.string().optional(),
  package_get_signed_url: z.string().optional(),
  blobstore_headers: z.record(z.string(), z.string()).nullish(),
});
export type PackageRef = z.infer<typeof packageRefSchema>;

export const jobTemplateRefSchema = z.looseObject({
  name: z.string(),
  version: z.string().optional(),
  sha1: z.string().optional(),
  blobstore_id: z.string().optional(),
  logs: z.array(z.unknown()).optional(),
});

/**
 * What a VM shall be: jobs, packages, networks. An empty `configuration_hash` means: remember the spec, install nothing.
 * Source: bosh-agent agent/applier/applyspec/v1_apply_spec.go.
 */
export const applySpecSchema = z.looseObject({
  deployment: z.string().optional(),
  /** Instance group. */
  name: z.string().optional(),
  /** Instance UUID. */
  id: z.string().optional(),
  az: z.string().nullish(),
  index: z.number().int().nullish(),
  job: z
    .looseObject({
      name: z.string().optional(),
      template: z.string().optional(),
      version: z.string().optional(),
      templates: z.array(jobTemplateRefSchema).nullish(),
    })
    .nullish(),
  packages: z.record(z.string(), packageRefSchema).nullish(),
  networks: z.record(z.string(), agentNetworkSchema).nullish(),
  configuration_hash: z.string().nullish(),
  rendered_templates_archive: z.looseObject({ sha1: z.string(), blobstore_id: z.string() }).nullish(),
  /** MiB. */
  persistent_disk: z.number().nullish(),
  properties: z.looseObject({}).nullish(),
});
export type ApplySpec = z.infer<typeof applySpecSchema>;
