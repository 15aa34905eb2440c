import { z } from 'zod';

/** One element of `GET /deployments/:d/problems` */
export const problemSchema = z.object({
  id: z.number(),
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
  description: z.string(),
  resolutions: z.array(z.object({ name: z.string(), plan: z.string() })),
  instance_group: z.string().nullish(),
});

/** `PUT /deployments/:d/problems`: resolution by problem id; null takes the type's own. */
export const resolveProblemsRequestSchema = z.object({
  resolutions: z.record(z.string(), z.string().nullable()),
  max_in_flight_overrides: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** `PUT /deployments/:d/scan_and_fix`: instances (index or uuid) by instance group. */
export const scanAndFixRequestSchema = z.object({
  jobs: z.record(z.string(), z.array(z.union([z.string(), z.number()]))),
});

export type Problem = z.infer<typeof problemSchema>;
export type ResolveProblemsRequest = z.infer<typeof resolveProblemsRequestSchema>;
export type ScanAndFixRequest = z.infer<typeof scanAndFixRequestSchema>;
