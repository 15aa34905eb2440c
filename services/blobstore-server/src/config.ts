import { logLevels } from '@boti/core';
import { readConfig } from '@boti/service';
import { z } from 'zod';

const user = z.strictObject({ user: z.string().min(1), password: z.string().min(1) });

export const blobstoreServerConfig = z.strictObject({
  /** Where the blobs are; made when it is not there. */
  directory: z.string().min(1),
  listen: z.array(z.strictObject({ host: z.string(), port: z.number().int().min(0).max(65_535) })).min(1),
  users: z.strictObject({ read: z.array(user).default([]), write: z.array(user).default([]) }),
  /** Shared with those who sign URLs; without it there are no signed URLs. */
  secret: z.string().min(1).optional(),
  tls: z.strictObject({ certificate_file: z.string(), private_key_file: z.string() }).optional(),
  max_blob_bytes: z
    .number()
    .int()
    .positive()
    .default(64 * 1024 ** 3),
  /** A connection on which nothing moves for so long is closed. */
  idle_timeout_seconds: z.number().positive().default(120),
  log_level: z.enum(logLevels).default('info'),
});
export type BlobstoreServerConfig = z.output<typeof blobstoreServerConfig>;

/** Reads the JSON configuration file that the command line names. */
export async function loadConfig(path: string): Promise<BlobstoreServerConfig> {
  return await readConfig(path, blobstoreServerConfig);
}
