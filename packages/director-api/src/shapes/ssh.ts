import { z } from 'zod';

/** `POST /deployments/:d/ssh`. Empty lists mean all instances of the group; no group means all groups. */
export const sshRequestSchema = z.object({
  deployment_name: z.string(),
  command: z.enum(['setup', 'cleanup']),
  target: z.object({
    job: z.string().nullish(),
    indexes: z.array(z.union([z.string(), z.number()])).nullish(),
    ids: z.array(z.union([z.string(), z.number()])).nullish(),
  }),
  params: z.object({
    user: z.string().optional(),
    public_key: z.string().optional(),
    password: z.string().optional(),
    user_regex: z.string().optional(),
  }),
});

/** One element of the result line of an ssh task. */
export const sshResultSchema = z.object({
  command: z.string(),
  status: z.string(),
  ip: z.string(),
  host_public_key: z.string().nullish(),
  id: z.string().nullish(),
  index: z.number().nullish(),
  job: z.string().nullish(),
  gateway_host: z.string().nullish(),
  gateway_user: z.string().nullish(),
});

export type SshRequest = z.infer<typeof sshRequestSchema>;
export type SshResult = z.infer<typeof sshResultSchema>;
