import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { faultSchema } from './faults.ts';

const milliseconds = z.number().nonnegative();
const quota = z.number().int().nonnegative().optional();

export const configSchema = z.strictObject({
  /** Folder of one simulated cloud: its state, its socket, its log, and `faults.json`. */
  stateDir: z.string().refine(isAbsolute, 'must be an absolute path'),
  /** How long calls of the CPI take: for all, or by method (`create_vm`), with `default` for the others. */
  latencyMs: z.union([milliseconds, z.record(z.string(), milliseconds)]).default(0),
  /** From create_vm until the agent is on the bus. */
  bootMs: milliseconds.default(0),
  /** How long agents take for an action: for all, or by action. */
  agentLatencyMs: z.union([milliseconds, z.record(z.string(), milliseconds)]).default(0),
  /** Share of calls that fail, by method: `create_vm: 0.1`. create_vm may then be tried again. */
  errorRates: z.record(z.string(), z.number().min(0).max(1)).default({}),
  /** At most so many things at once: `vms: 100`; `diskMib` is the size of all disks together. */
  quotas: z
    .strictObject({ vms: quota, disks: quota, diskMib: quota, stemcells: quota, snapshots: quota, networks: quota })
    .default({}),
  /** For the error rates: the same seed gives the same failures. */
  seed: z.number().int().default(1),
  heartbeatSeconds: z.number().positive().default(30),
  /** One connection to the bus for all agents, with this certificate, in place of one each with its own. */
  sharedConnection: z.object({ ca: z.string(), certificate: z.string(), private_key: z.string() }).optional(),
  faults: z.array(faultSchema).default([]),
});
export type SimConfig = z.infer<typeof configSchema>;

export function latencyOf(latency: SimConfig['latencyMs'], name: string): number {
  return typeof latency === 'number' ? latency : (latency[name] ?? latency.default ?? 0);
}
