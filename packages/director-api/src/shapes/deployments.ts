import { z } from 'zod';

const nameAndVersion = z.object({ name: z.string(), version: z.string() });

/** One element of `GET /deployments`. The last four keys are absent when the query excludes them. */
export const deploymentListItemSchema = z.object({
  name: z.string(),
  teams: z.array(z.string()),
  cloud_config: z.enum(['none', 'latest', 'outdated']).optional(),
  stemcells: z.array(nameAndVersion).optional(),
  releases: z.array(nameAndVersion).optional(),
  locked: z.boolean().optional(),
});

/** `GET /deployments/:d`. The manifest is null when the first deploy failed. */
export const deploymentSchema = z.object({ manifest: z.string().nullable() });

/** One element of `GET /deployment_configs?deployment[]=…` */
export const deploymentConfigSchema = z.object({
  id: z.number(),
  deployment: z.string(),
  config: z.object({ id: z.number(), type: z.string(), name: z.string() }),
});

/** One element of `GET /deployments/:d/variables` */
export const variableSchema = z.object({ id: z.string(), name: z.string() });

/** One element of `GET /deployments/:d/certificate_expiry` */
export const certificateExpirySchema = z.object({
  name: z.string(),
  id: z.string(),
  expiry_date: z.string(),
  days_left: z.number(),
});

/** Which configs a diff was made with; `POST /deployments` sends it back as `context`. */
export const diffContextSchema = z.object({
  cloud_config_ids: z.array(z.number()).optional(),
  runtime_config_ids: z.array(z.number()).optional(),
});

/** A line of a diff with its indentation; null marks a line that did not change. */
export const diffLineSchema = z.tuple([z.string(), z.enum(['added', 'removed']).nullable()]);

/** Reply of every `…/diff` route. A failure comes with status 200, an empty diff and `error`. */
export const diffReplySchema = z.object({
  context: diffContextSchema.optional(),
  diff: z.array(diffLineSchema),
  error: z.string().optional(),
  from: z.object({ id: z.string() }).optional(),
});

export type DeploymentListItem = z.infer<typeof deploymentListItemSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;
export type DeploymentConfig = z.infer<typeof deploymentConfigSchema>;
export type Variable = z.infer<typeof variableSchema>;
export type CertificateExpiry = z.infer<typeof certificateExpirySchema>;
export type DiffContext = z.infer<typeof diffContextSchema>;
export type DiffLine = z.infer<typeof diffLineSchema>;
export type DiffReply = z.infer<typeof diffReplySchema>;

/** Query of `PUT /deployments/:d/jobs/…` (`state=`). */
export const wantedStates = ['started', 'stopped', 'detached', 'restart', 'recreate'] as const;
export type WantedState = (typeof wantedStates)[number];
