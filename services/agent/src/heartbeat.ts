import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Heartbeat } from '@boti/agent-protocol';
import { type Logger, messageOf, systemClock, writeFileAtomic } from '@boti/core';
import type { Deps } from './actions/action.ts';
import type { AgentBusEnd } from './mbus/bus.ts';

type HeartbeatDeps = Pick<Deps, 'dirs' | 'settings' | 'specs' | 'supervisor' | 'vitals'>;

/** What the health monitor is told; the job state also goes to health.json, which DNS servers read. */
async function heartbeat({ dirs, specs, supervisor, vitals }: HeartbeatDeps): Promise<Heartbeat> {
  const spec = await specs.get();
  const { jobState, processes } = await supervisor.state();
  await mkdir(dirs.instance, { recursive: true });
  await writeFileAtomic(join(dirs.instance, 'health.json'), JSON.stringify({ state: jobState }));
  return {
    deployment: spec.deployment ?? '',
    job: spec.name ?? spec.job?.name ?? null,
    index: spec.index ?? null,
    job_state: jobState,
    vitals: await vitals.read(),
    node_id: spec.id ?? '',
    number_of_processes: jobState === 'unknown' ? null : processes.length,
  };
}

/** Sends one at once and then one each interval, until the signal is aborted. */
export async function sendHeartbeats(
  deps: HeartbeatDeps,
  bus: AgentBusEnd,
  {
    intervalMs,
    signal,
    logger,
  }: { readonly intervalMs: number; readonly signal: AbortSignal; readonly logger: Logger },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await bus.publish('heartbeat', await heartbeat(deps));
    } catch (error) {
      logger.warn('a heartbeat was not sent', { error: messageOf(error) });
    }
    await systemClock.sleep(intervalMs, signal).catch(() => undefined);
  }
}
