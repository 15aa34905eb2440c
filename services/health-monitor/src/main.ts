#!/usr/bin/env node
import { jsonLogger, type Logger, messageOf, systemClock } from '@boti/core';
import { configPath, runProgram } from '@boti/service';
import { loadConfig } from './config.ts';
import { directorLink } from './director-link.ts';
import { listenOnBus } from './intake.ts';
import { Monitor } from './monitor.ts';
import { startStatusServer } from './status-server.ts';

/** `health-monitor --config FILE`: runs until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = await loadConfig(configPath('health-monitor'));
  const logger = jsonLogger(process.stderr, config.log_level, { process: 'health-monitor' });
  const clock = systemClock;
  const signal = endSignal();
  using director = await directorLink(config.director);
  const monitor = new Monitor({ config, director, clock, logger });
  const intake = {
    heartbeat: monitor.heartbeat.bind(monitor),
    alert: monitor.agentAlert.bind(monitor),
    shutdown: monitor.shutdown.bind(monitor),
  };
  const timeoutMs = config.intervals.agent_timeout * 1000;
  await using status = await startStatusServer(config.listen, { fleet: monitor.fleet, clock, timeoutMs });
  await using _bus = await listenOnBus(config.nats, intake, { logger, signal });
  process.stdout.write(`${JSON.stringify({ ready: true, urls: [status.url] })}\n`);
  const { poll_director: pollSeconds, analyze_agents: analyseSeconds } = config.intervals;
  await Promise.all([
    every(pollSeconds, () => monitor.poll(), { what: 'asking the Director', logger, signal }),
    every(analyseSeconds, () => monitor.analyse(), { what: 'looking at the agents', logger, signal }),
  ]);
}

interface Loop {
  readonly what: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** A failure is logged, and the next turn tries again. */
async function every(seconds: number, work: () => Promise<void>, { what, logger, signal }: Loop): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => logger.warn(`${what} failed`, { error: messageOf(error) }));
    await systemClock.sleep(seconds * 1000, signal).catch(() => undefined);
  }
}

function endSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => controller.abort(new Error(name)));
  return controller.signal;
}

runProgram('health-monitor', main);
