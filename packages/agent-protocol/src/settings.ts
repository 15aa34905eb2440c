import { z } from 'zod';

/** A disk hint: a device path (also read as volume id), or a map whose values are all texts. */
export const diskHintSchema = z.union([z.string(), z.record(z.string(), z.unknown())]);
export type DiskHint = z.infer<typeof diskHintSchema>;

export const blobstoreSettingsSchema = z.looseObject({
  /** `dav`, `s3`, `gcs`, `local`, … */
  provider: z.string(),
  options: z.record(z.string(), z.unknown()).nullish(),
});
export type BlobstoreSettings = z.infer<typeof blobstoreSettingsSchema>;

/** PEM texts of one party of a mutual TLS connection. */
export const certificateSetSchema = z.looseObject({ ca: z.string(), certificate: z.string(), private_key: z.string() });
export type CertificateSet = z.infer<typeof certificateSetSchema>;

/** A network as the CPI passes it on. `preconfigured`: the interface is set up already, the agent leaves it alone. */
export const settingsNetworkSchema = z.looseObject({
  type: z.enum(['manual', 'dynamic', 'vip']).optional(),
  ip: z.string().optional(),
  netmask: z.string().optional(),
  gateway: z.string().optional(),
  dns: z.array(z.string()).nullish(),
  default: z.array(z.string()).nullish(),
  mac: z.string().optional(),
  use_dhcp: z.boolean().optional(),
  preconfigured: z.boolean().optional(),
});

/** `env` of create_vm as the agent reads it. */
export const agentEnvSchema = z.looseObject({
  bosh: z
    .looseObject({
      password: z.string().nullish(),
      keep_root_password: z.boolean().nullish(),
      authorized_keys: z.array(z.string()).nullish(),
      mbus: z
        .looseObject({ cert: certificateSetSchema.partial().nullish(), urls: z.array(z.string()).nullish() })
        .nullish(),
      blobstores: z.array(blobstoreSettingsSchema).nullish(),
      ntp: z.array(z.string()).nullish(),
      parallel: z.number().nullish(),
      group: z.string().nullish(),
      groups: z.array(z.string()).nullish(),
      tags: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

/** settings.json: what a CPI hands to the agent of a new VM. Source: bosh-agent settings/settings.go. */
export const agentSettingsSchema = z.looseObject({
  agent_id: z.string().min(1),
  vm: z.looseObject({ name: z.string(), id: z.string().optional() }),
  mbus: z.string().nullish(),
  ntp: z.array(z.string()).nullish(),
  blobstore: blobstoreSettingsSchema.nullish(),
  networks: z.record(z.string(), settingsNetworkSchema),
  disks: z.looseObject({
    system: diskHintSchema.nullish(),
    ephemeral: diskHintSchema.nullish(),
    persistent: z.record(z.string(), diskHintSchema).nullish(),
    raw_ephemeral: z.array(z.unknown()).nullish(),
  }),
  env: agentEnvSchema.nullish(),
});
export type AgentSettings = z.infer<typeof agentSettingsSchema>;

/** Argument of `update_settings`. Absent `mbus` or `blobstores` leave the stored ones. */
export interface UpdateSettings {
  readonly trusted_certs: string;
  readonly disk_associations: readonly { readonly name: string; readonly cid: string }[];
  readonly mbus?: { readonly cert: CertificateSet; readonly urls?: readonly string[] };
  readonly blobstores?: readonly BlobstoreSettings[];
}
