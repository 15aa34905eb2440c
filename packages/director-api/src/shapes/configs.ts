import { z } from 'zod';

/** A version of a config. `id` is a number written as a string. */
export const configSchema = z.object({
  content: z.string(),
  id: z.string(),
  type: z.string(),
  name: z.string(),
  team: z.string().nullish(),
  created_at: z.string(),
  current: z.boolean().optional(),
});

/** `POST /configs`. `expected_latest_id` "0" means: there is none yet. */
export const updateConfigRequestSchema = z.object({
  type: z.string(),
  name: z.string(),
  content: z.string(),
  expected_latest_id: z.string().optional(),
});

/** Reply with status 412 when somebody else was faster. */
export const configConflictSchema = z.object({
  latest_id: z.string(),
  expected_latest_id: z.string(),
  description: z.string(),
});

/** One side of `POST /configs/diff`; upstream's CLI sends both keys and leaves one of them empty. */
const configSideSchema = z.object({ id: z.string().optional(), content: z.string().optional() });

/** `POST /configs/diff` */
export const configDiffRequestSchema = z.union([
  z.object({ type: z.string(), name: z.string(), content: z.string() }),
  z.object({ from: configSideSchema, to: configSideSchema }),
]);

/** One element of `GET /cloud_configs`, `/runtime_configs` and `/cpi_configs`. */
export const legacyConfigSchema = z.object({ properties: z.string(), created_at: z.string() });

export type Config = z.infer<typeof configSchema>;
export type UpdateConfigRequest = z.infer<typeof updateConfigRequestSchema>;
export type ConfigConflict = z.infer<typeof configConflictSchema>;
export type ConfigDiffRequest = z.infer<typeof configDiffRequestSchema>;
export type LegacyConfig = z.infer<typeof legacyConfigSchema>;
