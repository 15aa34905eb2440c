import { z } from 'zod';
import { applySpecSchema } from './apply-spec.ts';

/** Of all jobs of an instance together, as `get_state` and heartbeats tell it. */
export const jobStates = ['running', 'starting', 'failing', 'stopped', 'unknown'] as const;
export type JobState = (typeof jobStates)[number];

/** One monitored process: its state is `running`, `starting`, `failing` or `unknown`; memory in KiB, CPU in percent. */
export const agentProcessSchema = z.looseObject({
  name: z.string(),
  state: z.string(),
  uptime: z.looseObject({ secs: z.number().optional() }).optional(),
  mem: z.looseObject({ kb: z.number().optional(), percent: z.number().optional() }).optional(),
  cpu: z.looseObject({ total: z.number().optional() }).optional(),
});
export type AgentProcess = z.infer<typeof agentProcessSchema>;

const diskUsageSchema = z.looseObject({ percent: z.string(), inode_percent: z.string() });

/** Numbers are texts, but `uptime.secs`. A disk is listed only while it is mounted. */
export const vitalsSchema = z.looseObject({
  cpu: z.looseObject({ user: z.string(), sys: z.string(), wait: z.string() }).partial().optional(),
  load: z.array(z.string()).optional(),
  mem: z.looseObject({ kb: z.string(), percent: z.string() }).partial().optional(),
  swap: z.looseObject({ kb: z.string(), percent: z.string() }).partial().optional(),
  uptime: z.looseObject({ secs: z.number() }).partial().optional(),
  disk: z
    .looseObject({ system: diskUsageSchema, ephemeral: diskUsageSchema, persistent: diskUsageSchema })
    .partial()
    .optional(),
});
export type Vitals = z.infer<typeof vitalsSchema>;

/** Value of `get_state`: the stored apply spec plus what is true now. `vitals` only for `get_state full`. */
export const agentStateSchema = applySpecSchema.extend({
  agent_id: z.string().optional(),
  job_state: z.string(),
  vitals: vitalsSchema.nullish(),
  processes: z.array(agentProcessSchema).nullish(),
  vm: z.looseObject({ name: z.string().optional() }).nullish(),
});
export type AgentState = z.infer<typeof agentStateSchema>;

/** Published to `hm.agent.heartbeat.<agent id>` each 30 s. Source: bosh-agent agent/heartbeat.go. */
export interface Heartbeat {
  readonly deployment: string;
  readonly job: string | null;
  readonly index: number | null;
  readonly job_state: string;
  readonly vitals: Vitals;
  readonly node_id: string;
  readonly number_of_processes: number | null;
}

/** Published to `hm.agent.alert.<agent id>`. Severity: 1 alert, 2 critical, 3 error, 4 warning. `created_at`: Unix seconds. */
export interface Alert {
  readonly id: string;
  readonly severity: number;
  readonly title: string;
  readonly summary: string;
  readonly created_at: number;
}
