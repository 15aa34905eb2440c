import { logLevels } from '@boti/core';
import { readConfig } from '@boti/service';
import { z } from 'zod';

/** Upstream's port. */
const defaultPort = 25_777;

const registryConfig = z.strictObject({
  /** Where the settings are; made when it is not there. */
  directory: z.string().min(1),
  listen: z
    .array(z.strictObject({ host: z.string(), port: z.number().int().min(0).max(65_535) }))
    .min(1)
    .default([{ host: '127.0.0.1', port: defaultPort }]),
  users: z.array(z.strictObject({ user: z.string().min(1), password: z.string().min(1) })).min(1),
  tls: z.strictObject({ certificate_file: z.string(), private_key_file: z.string() }).optional(),
  log_level: z.enum(logLevels).default('info'),
});
export type RegistryConfig = z.output<typeof registryConfig>;

/** Reads the JSON configuration file that the command line names. */
export async function loadConfig(path: string): Promise<RegistryConfig> {
  return await readConfig(path, registryConfig);
}
