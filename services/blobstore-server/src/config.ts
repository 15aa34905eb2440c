import { ExpectedError, logLevels, readJsonFile } from '@boti/core';
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
  const result = blobstoreServerConfig.safeParse(await readJsonFile(path, 'configuration'));
  if (result.success) return result.data;
  // Only paths and rules: values may be secrets.
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new ExpectedError(`The configuration ${path} is not usable:\n${problems.join('\n')}`, {
    hint: 'Correct the keys named above.',
  });
}
