import { CloudError } from '@boti/cpi-sdk';
import { z } from 'zod';

/** The CPI's own configuration: cpi.json, or `properties` of the Director's cpi config. */
export const configSchema = z.strictObject({
  /** Where the API of the cloud is. */
  url: z.url(),
  token: z.string(),
  /** Seconds within which a new server must run. */
  bootSeconds: z.number().positive().default(300),
});
export type Config = z.infer<typeof configSchema>;

/** `cloud_properties` of vm_types and vm_extensions. */
export const vmPropertiesSchema = z.strictObject({
  /** Cores. */
  cpus: z.number().positive().default(1),
  /** MiB. */
  memory: z.number().int().positive().default(1024),
  /** MiB. */
  disk: z.number().int().positive().default(8192),
});

/** Throws a CpiError that names the key. */
export function parseProperties<T>(schema: z.ZodType<T>, properties: unknown): T {
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CloudError('CpiError', `cloud_properties are wrong: ${problems.join('; ')}`);
}
