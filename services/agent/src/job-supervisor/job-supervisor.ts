import { access, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentProcess, JobState } from '@boti/agent-protocol';
import { type Clock, ExpectedError, runCommand, systemClock } from '@boti/core';
import { within } from '../action-error.ts';
import type { Dirs } from '../dirs.ts';
import type { MonitClient } from './monit-client.ts';
import { type MonitService, processState } from './parse-status.ts';

const group = 'vcap';
const stopTimeoutMs = 300_000;
const stopPollMs = 200;
const reloadTries = 3;
const reloadChecks = 10;

/** The agent's view of the job supervisor: jobs as monit files, services of group `vcap`. Source: bosh-agent jobsupervisor. */
export class JobSupervisor {
  readonly #dirs: Dirs;
  readonly #monit: MonitClient;
  readonly #clock: Clock;

  constructor(dirs: Dirs, monit: MonitClient, clock: Clock = systemClock) {
    this.#dirs = dirs;
    this.#monit = monit;
    this.#clock = clock;
  }

  async removeAllJobs(): Promise<void> {
    await rm(this.#dirs.monitJobs, { recursive: true, force: true });
  }

  async addJob(label: string, index: number, monitFile: string): Promise<void> {
    await mkdir(this.#dirs.monitJobs, { recursive: true });
    const name = `${String(index).padStart(4, '0')}_${label}.monitrc`;
    await copyFile(monitFile, join(this.#dirs.monitJobs, name));
  }

  /** Makes the supervisor read its files again. Foreign monits are restarted, as upstream's agent does. */
  async reload(): Promise<void> {
    const before = await this.#monit.status();
    if ((await this.#monit.reload()) === 'reloaded') return;
    for (let attempt = 0; attempt < reloadTries; attempt += 1) {
      await runCommand('sv', ['kill', 'monit']);
      await runCommand('sv', ['start', 'monit']);
      for (let check = 0; check < reloadChecks; check += 1) {
        const now = await this.#monit.status(1).catch(() => before);
        if (now.incarnation !== before.incarnation) return;
        await this.#clock.sleep(1000);
      }
    }
    throw new ExpectedError('Failed to reload monit: its incarnation does not change', {
      hint: 'See /var/vcap/monit/monit.log.',
    });
  }

  async start(): Promise<void> {
    for (const { name } of await this.#services()) {
      await within(`Starting service ${name}`, () => this.#monit.act(name, 'start'));
    }
    await rm(this.#stoppedFile, { force: true });
  }

  /** Asks each service to stop. */
  async stop(): Promise<void> {
    for (const { name } of await this.#services()) {
      await within(`Stopping service ${name}`, () => this.#monit.act(name, 'stop'));
    }
    await writeFile(this.#stoppedFile, '');
  }

  /** Stops all services and waits until they have stopped. */
  async stopAndWait(): Promise<void> {
    const deadline = this.#clock.now().getTime() + stopTimeoutMs;
    await this.#waitFor(deadline, 'to no longer be pending', (service) => service.isPending);
    await this.stop();
    await this.#waitFor(deadline, 'to stop', (service) => service.monitor > 0 || service.isPending);
  }

  async #waitFor(deadline: number, what: string, isOpen: (service: MonitService) => boolean): Promise<void> {
    while (true) {
      const services = await this.#services();
      const errored = services.filter((service) => service.status > 0 && service.statusMessage !== '');
      if (what === 'to stop' && errored.length > 0) {
        const reasons = errored.map((service) => service.statusMessage).join('; ');
        throw new ExpectedError(`Stopping services '[${names(errored, ' ')}]' errored: ${reasons}`);
      }
      const open = services.filter(isOpen);
      if (open.length === 0) return;
      if (this.#clock.now().getTime() > deadline) {
        throw new ExpectedError(`Timed out waiting for services '${names(open, ', ')}' ${what} after 5 minutes`);
      }
      await this.#clock.sleep(stopPollMs);
    }
  }

  async unmonitor(): Promise<void> {
    for (const { name } of await this.#services()) {
      await within(`Unmonitoring service ${name}`, () => this.#monit.act(name, 'unmonitor'));
    }
  }

  /** State of the whole instance, and its processes; `unknown` and none while the supervisor does not answer. */
  async state(): Promise<{ readonly jobState: JobState; readonly processes: readonly AgentProcess[] }> {
    let services: readonly MonitService[];
    try {
      services = await this.#services(1);
    } catch {
      return { jobState: 'unknown', processes: [] };
    }
    const isStopped = await access(this.#stoppedFile).then(
      () => true,
      () => false,
    );
    return { jobState: isStopped ? 'stopped' : jobState(services), processes: services.map(processOf) };
  }

  get #stoppedFile(): string {
    return join(this.#dirs.monit, 'stopped');
  }

  async #services(attempts?: number): Promise<readonly MonitService[]> {
    const { services } = await this.#monit.status(attempts);
    return services.filter((service) => service.groups.includes(group));
  }
}

function jobState(services: readonly MonitService[]): JobState {
  const states = services.map(processState);
  if (states.includes('starting')) return 'starting';
  return states.every((state) => state === 'running') ? 'running' : 'failing';
}

function processOf(service: MonitService): AgentProcess {
  return {
    name: service.name,
    state: processState(service),
    uptime: { secs: service.uptimeSecs },
    mem: { kb: service.memoryKb, percent: service.memoryPercent },
    cpu: { total: service.cpuPercent },
  };
}

const names = (services: readonly MonitService[], separator: string): string =>
  services.map((service) => service.name).join(separator);
