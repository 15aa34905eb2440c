import { logLevels } from '@boti/core';
import { readConfig } from '@boti/service';
import { z } from 'zod';

const path = z.string().min(1);
const seconds = z.number().positive();

const healthMonitorConfig = z.strictObject({
  director: z.strictObject({
    url: z.string().min(1),
    user: z.string().min(1),
    password: z.string().min(1),
    /** PEM file; the system's authorities when it is absent. */
    ca: path.optional(),
  }),
  nats: z.strictObject({ servers: z.array(z.string().min(1)).min(1), ca: path, certificate: path, privateKey: path }),
  /** Numbers for programs, on loopback. */
  listen: z
    .strictObject({ host: z.string().default('127.0.0.1'), port: z.number().int().min(0).max(65_535).default(25_923) })
    .prefault({}),
  intervals: z
    .strictObject({
      /** How often the Director is asked which VMs there are. */
      poll_director: seconds.default(60),
      /** How often agents are looked through. */
      analyze_agents: seconds.default(60),
      /** Silence after which an agent counts as timed out. */
      agent_timeout: seconds.default(60),
      /** Age at which an agent that belongs to no deployment is told of. */
      rogue_agent_alert: seconds.default(120),
    })
    .prefault({}),
  resurrector: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** With so many, and this part of a deployment, unwell at the same time, something else is wrong: nothing is done. */
      minimum_down_jobs: z.number().int().positive().default(5),
      percent_threshold: z.number().min(0).max(1).default(0.2),
    })
    .prefault({}),
  log_level: z.enum(logLevels).default('info'),
});
export type HealthMonitorConfig = z.output<typeof healthMonitorConfig>;

/** Reads the JSON configuration file that the command line names. */
export async function loadConfig(path: string): Promise<HealthMonitorConfig> {
  return await readConfig(path, healthMonitorConfig);
}
