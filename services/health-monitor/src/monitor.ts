import { randomUUID } from 'node:crypto';
import type { Alert, Heartbeat } from '@boti/agent-protocol';
import { type Clock, type Logger, messageOf } from '@boti/core';
import type { MonitorAlert, Severity } from './alert.ts';
import type { HealthMonitorConfig } from './config.ts';
import type { DirectorLink } from './director-link.ts';
import { Fleet, type Sick } from './fleet.ts';
import { planResurrections, type Resurrection } from './resurrection.ts';

interface MonitorDeps {
  readonly config: HealthMonitorConfig;
  readonly director: DirectorLink;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Puts together what the bus and the Director say, and tells what is wrong. */
export class Monitor {
  readonly fleet = new Fleet();
  readonly #deps: MonitorDeps;
  /** Whom an alert was about at the last look: it is told once, until it is well again. */
  #told: ReadonlySet<string> = new Set();

  constructor(deps: MonitorDeps) {
    this.#deps = deps;
  }

  heartbeat(agentId: string, heartbeat: Heartbeat): void {
    this.fleet.beat(agentId, heartbeat, this.#now());
  }

  shutdown(agentId: string): void {
    this.#deps.logger.info('an agent stops', { agent: agentId });
    this.fleet.forget(agentId);
  }

  /** An agent's own alert: a process that was restarted, a login. */
  async agentAlert(agentId: string, { id, severity, title, summary, created_at: createdAt }: Alert): Promise<void> {
    const instance = this.fleet.agents.get(agentId)?.instance;
    if (instance === undefined || severity < 1) return;
    await this.#tell({
      id,
      severity: Math.min(severity, 4) as Severity,
      title,
      summary,
      deployment: instance.deployment,
      instance: `${instance.group}/${instance.id}`,
      createdAt: new Date(createdAt * 1000),
    });
  }

  /** Asks the Director which VMs there shall be. */
  async poll(): Promise<void> {
    this.fleet.expect(await this.#deps.director.expectation(), this.#now());
  }

  /** Looks at all agents: who is silent, who has no VM, who belongs to nobody. */
  async analyse(): Promise<void> {
    const { intervals } = this.#deps.config;
    if (!this.fleet.isSynced) return;
    const sick = this.fleet.sick(this.#now(), intervals.agent_timeout * 1000);
    const rogues = this.fleet.rogues(this.#now(), intervals.rogue_agent_alert * 1000);
    const told = new Set([...sick.map(nameOf), ...rogues]);
    const isNew = (name: string): boolean => !this.#told.has(name);
    for (const one of sick.filter((each) => isNew(nameOf(each)))) await this.#tell(this.#alertOf(one));
    for (const agent of rogues.filter(isNew)) {
      this.#deps.logger.warn('an agent is not a part of any deployment', { agent });
    }
    this.#told = told;
    await this.#resurrect(sick);
  }

  async #resurrect(sick: readonly Sick[]): Promise<void> {
    const { resurrector } = this.#deps.config;
    if (!resurrector.enabled || sick.length === 0) return;
    const byDeployment = Map.groupBy(this.fleet.expected, ({ deployment }) => deployment);
    const totals = new Map([...byDeployment].map(([name, list]) => [name, list.length]));
    const { minimum_down_jobs: minimumDownJobs, percent_threshold: percentThreshold } = resurrector;
    for (const one of planResurrections(sick, totals, { minimumDownJobs, percentThreshold })) {
      await this.#resurrectIn(one);
    }
  }

  async #resurrectIn(resurrection: Resurrection): Promise<void> {
    const { director, logger } = this.#deps;
    const { deployment, isMeltdown, jobs } = resurrection;
    if (isMeltdown) {
      logger.error('too many instances are unwell at the same time: none is recreated', { deployment, jobs });
      return;
    }
    try {
      if (await director.resurrect(resurrection)) logger.warn('recreating unresponsive VMs', { deployment, jobs });
    } catch (error) {
      logger.error('unresponsive VMs could not be recreated', { deployment, error: messageOf(error) });
    }
  }

  #alertOf({ agentId, instance, problem }: Sick): MonitorAlert {
    const name = `${instance.group}/${instance.id}`;
    const title = problem === 'no VM' ? `${instance.id} has no VM` : `${agentId} has timed out`;
    const summary = problem === 'no VM' ? `Instance ${name} should have a VM` : `The agent of ${name} is silent`;
    const { deployment } = instance;
    return {
      id: randomUUID(),
      severity: 2,
      title,
      summary,
      deployment,
      instance: name,
      createdAt: new Date(this.#now()),
    };
  }

  async #tell(alert: MonitorAlert): Promise<void> {
    const { director, logger } = this.#deps;
    const { id, title, deployment, instance } = alert;
    logger.warn(title, { alert: id, deployment, instance });
    try {
      await director.report(alert);
    } catch (error) {
      logger.error('an alert could not be reported to the Director', { alert: id, error: messageOf(error) });
    }
  }

  #now(): number {
    return this.#deps.clock.now().getTime();
  }
}

const nameOf = ({ agentId, instance }: Sick): string => agentId ?? instance.id;
