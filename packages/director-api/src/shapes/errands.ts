import { z } from 'zod';

/** One element of `GET /deployments/:d/errands` */
export const errandSchema = z.object({ name: z.string() });

/** `POST /deployments/:d/errands/:e/runs`. An instance without id means the whole group. */
export const runErrandRequestSchema = z.object({
  'keep-alive': z.boolean().optional(),
  'when-changed': z.boolean().optional(),
  instances: z.array(z.object({ group: z.string(), id: z.union([z.string(), z.number()]).optional() })).optional(),
});

/** One line of an errand's result (newline-delimited JSON). An exit code above 128 means it was cancelled. */
export const errandResultSchema = z.object({
  instance: z.object({ group: z.string(), id: z.string() }),
  errand_name: z.string(),
  exit_code: z.number(),
  stdout: z.string(),
  stderr: z.string(),
  logs: z.object({ blobstore_id: z.string().nullish(), sha1: z.string().nullish() }).nullish(),
});

export type Errand = z.infer<typeof errandSchema>;
export type RunErrandRequest = z.infer<typeof runErrandRequestSchema>;
export type ErrandResult = z.infer<typeof errandResultSchema>;
