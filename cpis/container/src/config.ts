import { isAbsolute } from 'node:path';
import { z } from 'zod';

const absolutePath = z.string().refine(isAbsolute, 'must be an absolute path');

export const localSchema = z.strictObject({
  /** Folder for everything this cloud keeps: stemcells, VMs, disks, snapshots. */
  stateDir: absolutePath,
  /** Bridge in the host's network; made when the first VM needs it. */
  bridge: z
    .string()
    .regex(/^boti[A-Za-z0-9_.-]{0,11}$/, "must begin with 'boti' and have at most 15 characters")
    .default('boti0'),
  runtime: z.enum(['auto', 'runc', 'crun']).default('auto'),
  /** MiB of a VM's disk when its cloud properties name none. */
  defaultDiskMib: z.number().int().positive().default(10_240),
  /** For `serve-api` only: how the cloud is offered to CPIs on other machines, its own VMs among them. */
  api: z
    .strictObject({
      listen: z.array(z.strictObject({ host: z.string().min(1), port: z.number().int().min(0).max(65_535) })).min(1),
      /** PEM files of the server. */
      certificate: absolutePath,
      privateKey: absolutePath,
      /** What clients must present. Several, so that one can be replaced by the next without a gap. */
      tokens: z.array(z.string().min(16, 'must have at least 16 characters')).min(1),
      maxImageMib: z.number().int().positive().default(8192),
      /** Calls that run at the same time. */
      maxCalls: z.number().int().positive().default(64),
    })
    .optional(),
});

const remoteSchema = z.strictObject({
  /** Where the cloud's API is: `https://HOST:PORT`. */
  url: z.url({ protocol: /^https$/, error: 'must be https://HOST:PORT' }),
  /** PEM: the authority, or the server's certificate itself, that the server must be known by. No other is believed. */
  ca: z.string().includes('-----BEGIN CERTIFICATE-----', { error: 'must be a certificate in PEM' }),
  token: z.string().min(1),
});

/** The cloud of this machine. */
export type LocalConfig = z.infer<typeof localSchema>;
export type ApiConfig = NonNullable<LocalConfig['api']>;
/** The cloud of another machine, behind its API. */
export type RemoteConfig = z.infer<typeof remoteSchema>;
type ContainerConfig = LocalConfig | RemoteConfig;

export const isRemote = (config: ContainerConfig): config is RemoteConfig => 'url' in config;

/** With `url` the properties are those of a client. */
export const configSchema: z.ZodType<ContainerConfig> = z
  .record(z.string(), z.unknown())
  .transform((value, context) => {
    const parsed = 'url' in value ? remoteSchema.safeParse(value) : localSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
