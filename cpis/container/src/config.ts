import { isAbsolute } from 'node:path';
import { z } from 'zod';

const absolutePath = z.string().refine(isAbsolute, 'must be an absolute path');

const listenSchema = z.strictObject({ host: z.string().min(1), port: z.number().int().min(0).max(65_535) });

const apiSchema = z.strictObject({
  listen: z.array(listenSchema).min(1).describe('Addresses'),
  certificate: absolutePath.describe('PEM file'),
  privateKey: absolutePath.describe('PEM file'),
  tokens: z
    .array(z.string().min(16, 'must have at least 16 characters'))
    .min(1)
    .describe('What clients must present, each full power over this cloud; several, to replace one without a gap'),
  maxImageMib: z.number().int().positive().default(8192).describe('Largest stemcell image'),
  maxCalls: z.number().int().positive().default(64).describe('Calls at the same time; more are turned away'),
});

export const localSchema = z.strictObject({
  stateDir: absolutePath.describe('Folder for everything this cloud keeps: stemcells, VMs, disks, snapshots'),
  bridge: z
    .string()
    .regex(/^boti[A-Za-z0-9_.-]{0,11}$/, "must begin with 'boti' and have at most 15 characters")
    .default('boti0')
    .describe("Interface in the host's network that VMs are connected to; made when the first VM needs it"),
  runtime: z
    .enum(['auto', 'runc', 'crun'])
    .default('auto')
    .describe('auto: crun, or runc where both control group versions are mounted'),
  defaultDiskMib: z
    .number()
    .int()
    .positive()
    .default(10_240)
    .describe("Size of a VM's disk when its VM type names none"),
  api: apiSchema.optional().describe('For `serve-api` only; `boti cloud up` writes it'),
});

const remoteSchema = z.strictObject({
  url: z
    .url({ protocol: /^https$/, error: 'must be https://HOST:PORT' })
    .describe("The cloud's API on another machine: https://HOST:PORT"),
  ca: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', { error: 'must be a certificate in PEM' })
    .describe(
      "PEM: the authority, or the server's certificate, that the server must be known by; no other is believed",
    ),
  token: z.string().min(1).describe('One of its tokens'),
});

/** For documentation: either, or. */
export const documentedSchema = z.union([localSchema, remoteSchema]);

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
