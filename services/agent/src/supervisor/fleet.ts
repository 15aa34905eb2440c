import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { RunContext } from './run-program.ts';
import type { Failure, Service } from './service.ts';
import type { Machine } from './usage.ts';

export interface AlertEvent {
  readonly service: string;
  /** monit's name of the event, as agents look it up: `Does not exist`, `Execution failed`, `Timeout`, … */
  readonly event: string;
  readonly action: string;
  readonly description: string;
}

export interface FleetDeps {
  /** Milliseconds, never going back. */
  readonly now: () => number;
  readonly machine: () => Machine;
  readonly alert: (event: AlertEvent) => void;
  readonly log: (message: string) => void;
  /** Called whenever what is monitored has changed. */
  readonly remember: (monitored: ReadonlyMap<string, boolean>) => void;
  /** Called when a program has ended: time for another look. */
  readonly wake: () => void;
  readonly outputDir: string;
}

const maxOutputBytes = 1024 * 1024;

/** All services, how they depend on each other, and what starting, stopping and watching them have in common. */
export class Fleet {
  readonly services = new Map<string, Service>();
  readonly deps: FleetDeps;
  pollMs: number;
  /** Number of the present cycle of `set daemon`. */
  cycle = 0;

  constructor(deps: FleetDeps, pollMs: number) {
    this.deps = deps;
    this.pollMs = pollMs;
  }

  get now(): number {
    return this.deps.now();
  }

  isUp({ monitored, phase, process }: Service): boolean {
    return monitored && phase === 'idle' && process !== undefined;
  }

  dependencies(service: Service): Service[] {
    return service.check.dependsOn.flatMap((name) => this.services.get(name) ?? []);
  }

  dependants(service: Service): Service[] {
    return [...this.services.values()].filter((other) => other.check.dependsOn.includes(service.check.name));
  }

  /** Notes a failure; a new one is logged and goes out as an alert. */
  fail(service: Service, failure: Failure, action: string): void {
    const isNew = service.failure?.message !== failure.message;
    service.failure = failure;
    if (isNew) this.alert(service, { event: failure.name, action, description: failure.message });
  }

  alert(service: Service, event: Omit<AlertEvent, 'service'>): void {
    const { name } = service.check;
    this.deps.log(`${name}: ${event.description} (${event.action})`);
    this.deps.alert({ service: name, ...event });
  }

  runContext(service: Service, event: string, truncate: boolean): RunContext {
    const outputFile = this.#outputFile(service);
    return { service: service.check.name, event, outputFile, truncate, onEnd: this.deps.wake };
  }

  /** A foreground program may print for ever. */
  limitOutput(service: Service): void {
    const file = this.#outputFile(service);
    try {
      if (statSync(file).size > maxOutputBytes) truncateSync(file);
    } catch {
      // A program that an earlier supervisor has started, or none, prints nowhere.
    }
  }

  remember(): void {
    this.deps.remember(new Map([...this.services].map(([name, service]) => [name, service.monitored])));
  }

  #outputFile(service: Service): string {
    return join(this.deps.outputDir, `${service.check.name.replaceAll('/', '_')}.log`);
  }
}
