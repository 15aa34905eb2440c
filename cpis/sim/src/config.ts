import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { faultSchema } from './faults.ts';

const milliseconds = z.number().nonnegative();
const quota = z.number().int().nonnegative().optional();

export const configSchema = z.strictObject({
  stateDir: z
    .string()
    .refine(isAbsolute, 'must be an absolute path')
    .describe('Folder of one simulated cloud: its state, its socket, its log, and `faults.json`'),
  latencyMs: z
    .union([milliseconds, z.record(z.string(), milliseconds)])
    .default(0)
    .describe('How long calls of the CPI take: for all, or by method, with `default` for the others'),
  bootMs: milliseconds.default(0).describe('From create_vm until the agent is on the bus'),
  agentLatencyMs: z
    .union([milliseconds, z.record(z.string(), milliseconds)])
    .default(0)
    .describe('How long agents take for an action: for all, or by action'),
  errorRates: z
    .record(z.string(), z.number().min(0).max(1))
    .default({})
    .describe('Share of calls that fail, by method; create_vm may then be tried again'),
  quotas: z
    .strictObject({ vms: quota, disks: quota, diskMib: quota, stemcells: quota, snapshots: quota, networks: quota })
    .default({})
    .describe('At most so many at once; `diskMib` is the size of all disks together'),
  seed: z.number().int().default(1).describe('For the error rates: the same seed gives the same failures'),
  heartbeatSeconds: z.number().positive().default(30).describe('Between two heartbeats of an agent'),
  sharedConnection: z
    .object({ ca: z.string(), certificate: z.string(), private_key: z.string() })
    .optional()
    .describe('One connection to the bus for all agents, with this certificate, in place of one each with its own'),
  faults: z.array(faultSchema).default([]).describe('What goes wrong, and when'),
});
export type SimConfig = z.infer<typeof configSchema>;

export function latencyOf(latency: SimConfig['latencyMs'], name: string): number {
  return typeof latency === 'number' ? latency : (latency[name] ?? latency.default ?? 0);
}
