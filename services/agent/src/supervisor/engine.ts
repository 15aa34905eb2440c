import { act, type ServiceAction } from './act.ts';
import { Fleet, type FleetDeps } from './fleet.ts';
import type { LoadedConfig } from './monitrc/load.ts';
import type { ProcessCheck } from './monitrc/model.ts';
import { newService, runningProcess, type Service } from './service.ts';
import { continueStart } from './start.ts';
import { continueStop } from './stop.ts';
import { checkResources, watch } from './watch.ts';

const defaultPollMs = 10_000;

/** Keeps the processes of the loaded services as they shall be. Everything happens in `tick` and `act`; nothing waits. */
export class Engine {
  incarnation: number;
  readonly #fleet: Fleet;
  /** What was monitored when the supervisor last ended. */
  readonly #remembered: ReadonlyMap<string, boolean>;
  #nextCycleAt = 0;

  constructor(deps: FleetDeps, remembered: ReadonlyMap<string, boolean>, incarnation: number) {
    this.#fleet = new Fleet(deps, defaultPollMs);
    this.#remembered = remembered;
    this.incarnation = incarnation;
  }

  get services(): ReadonlyMap<string, Service> {
    return this.#fleet.services;
  }

  get pollMs(): number {
    return this.#fleet.pollMs;
  }

  /** True while something is on its way, so that the next look should come soon. */
  get isBusy(): boolean {
    return [...this.services.values()].some((service) => service.phase !== 'idle');
  }

  /** Takes a new set of services; those already known keep their state, running processes are left alone. */
  load(config: LoadedConfig, isFirst: boolean): void {
    this.#fleet.pollMs = config.pollMs ?? defaultPollMs;
    const { services } = this.#fleet;
    const before = new Map(services);
    services.clear();
    for (const check of config.processes) {
      const remembered = isFirst ? this.#remembered.get(check.name) : undefined;
      services.set(check.name, adopt(check, before.get(check.name), remembered));
    }
    this.#fleet.remember();
  }

  act(name: string, action: ServiceAction): void {
    const service = this.services.get(name);
    if (service !== undefined) act(this.#fleet, service, action);
  }

  tick(): void {
    const now = this.#fleet.now;
    const isCycle = now >= this.#nextCycleAt;
    if (isCycle) {
      this.#fleet.cycle += 1;
      this.#nextCycleAt = now + this.pollMs;
    }
    for (const service of this.services.values()) {
      if (service.phase === 'stopping') continueStop(this.#fleet, service);
      else if (service.phase === 'starting') continueStart(this.#fleet, service);
      else if (service.monitored) watch(this.#fleet, service);
    }
    if (isCycle) checkResources(this.#fleet);
  }
}

function adopt(check: ProcessCheck, known: Service | undefined, remembered: boolean | undefined): Service {
  const service = known ?? newService(check, remembered ?? check.mode !== 'manual');
  service.check = check;
  service.history = check.rules.map(() => []);
  service.process ??= runningProcess(check);
  return service;
}
