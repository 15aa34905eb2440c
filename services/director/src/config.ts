import { ExpectedError, logLevels, readJsonFile } from '@boti/core';
import { z } from 'zod';

const roles = ['api', 'worker', 'scheduler'] as const;

const path = z.string().min(1);
const record = z.record(z.string(), z.unknown());

/** The Director's configuration file. Every row of docs/operating/director-config.md. */
export const directorConfigSchema = z.strictObject({
  name: z.string().min(1),
  /** Kept in the database; only a first start takes it from here. */
  uuid: z.string().min(1).optional(),
  stateDir: path,
  roles: z.array(z.enum(roles)).min(1).default(['api', 'worker', 'scheduler']),
  listen: z.strictObject({
    hosts: z.array(z.string().min(1)).min(1).default(['127.0.0.1']),
    port: z.number().int().min(0).max(65535).default(25555),
  }),
  tls: z.strictObject({ certificate: path, privateKey: path }),
  users: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        password: z.string().min(1),
        scopes: z.array(z.string().min(1)).default(['bosh.admin']),
      }),
    )
    .min(1),
  database: z.strictObject({ url: z.string().min(1) }).optional(),
  nats: z.strictObject({
    servers: z.array(z.string().min(1)).min(1),
    ca: path,
    certificate: path,
    privateKey: path,
    caPrivateKey: path,
    authFile: path.optional(),
    pidFile: path.optional(),
    /** The health monitor's certificate, for its subject; else `healthMonitorSubject` says it. */
    healthMonitorCertificate: path.optional(),
    healthMonitorSubject: z.string().default('C=USA, O=Cloud Foundry, CN=default.hm.bosh-internal'),
  }),
  blobstore: z.strictObject({
    provider: z.string().min(1),
    options: record.default({}),
  }),
  cpi: z.strictObject({
    name: z.string().default('default'),
    executable: path,
    args: z.array(z.string()).default([]),
    properties: record.default({}),
    warm: z.boolean().default(true),
    /** Seconds that a method may take, by its name; `default` for all others. */
    deadlines: z.record(z.string(), z.number().positive()).default({}),
  }),
  agent: z
    .strictObject({
      mbus: z.string().optional(),
      ntp: z.array(z.string()).default([]),
      blobstores: z.array(z.strictObject({ provider: z.string(), options: record })).optional(),
      env: record.default({}),
    })
    .prefault({}),
  workers: z.number().int().min(1).default(3),
  maxThreads: z.number().int().min(1).default(32),
  maxVmCreateTries: z.number().int().min(1).default(5),
  keepUnreachableVms: z.boolean().default(false),
  /** Compiled packages that outlive this Director. */
  compileCacheDir: path.optional(),
  agentWaitSeconds: z.number().int().min(1).default(600),
  shutdownSeconds: z.number().int().min(0).default(20),
  maxTasks: z.number().int().min(1).default(2000),
  maxEvents: z.number().int().min(1).default(10_000),
  orphanDiskDays: z.number().int().min(0).default(5),
  enableSnapshots: z.boolean().default(false),
  enablePostDeploy: z.boolean().default(true),
  ignoreMissingGateway: z.boolean().default(false),
  logLevel: z.enum(logLevels).default('info'),
});

export type DirectorConfig = z.infer<typeof directorConfigSchema>;

/** Reads the file; says which key is wrong and how. */
export async function loadConfig(file: string): Promise<DirectorConfig> {
  const parsed = directorConfigSchema.safeParse(await readJsonFile(file, 'configuration'));
  if (parsed.success) return parsed.data;
  throw new ExpectedError(`The configuration ${file} is wrong:\n${z.prettifyError(parsed.error)}`, {
    hint: 'docs/operating/director-config.md describes every key.',
  });
}

/** `BOTI_CRASH_POINTS` names the file that tests of crashes steer the process by; see crash-points.ts. */
export function crashPointsFile(): string | undefined {
  return process.env.BOTI_CRASH_POINTS;
}
