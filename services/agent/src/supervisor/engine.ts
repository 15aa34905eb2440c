import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedConfig } from './monitrc/load.ts';
import { evaluateRules } from './rules.ts';
import { type RunContext, runProgram } from './run-program.ts';
import { type Failure, newService, runningProcess, type Service, statusBits } from './service.ts';
import { type Machine, measure } from './usage.ts';

export type ServiceAction = 'start' | 'stop' | 'restart' | 'monitor' | 'unmonitor';

export interface AlertEvent {
  readonly service: string;
  /** monit's name of the event, as agents look it up: `Does not exist`, `Execution failed`, `Timeout`, … */
  readonly event: string;
  readonly action: string;
  readonly description: string;
}

export interface EngineDeps {
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

const defaultPollMs = 10_000;
const hungStartMs = 600_000;
const maxOutputBytes = 1024 * 1024;

/** Keeps the processes of the loaded services as they shall be. Everything happens in `tick` and `act`; nothing waits. */
export class Engine {
  readonly services = new Map<string, Service>();
  incarnation: number;
  pollMs = defaultPollMs;
  #cycle = 0;
  #nextCycleAt = 0;
  readonly #deps: EngineDeps;
  /** What was monitored when the supervisor last ended. */
  readonly #remembered: ReadonlyMap<string, boolean>;

  constructor(deps: EngineDeps, remembered: ReadonlyMap<string, boolean>, incarnation: number) {
    this.#deps = deps;
    this.#remembered = remembered;
    this.incarnation = incarnation;
  }

  /** Takes a new set of services; those already known keep their state, running processes are left alone. */
  load(config: LoadedConfig, isFirst: boolean): void {
    this.pollMs = config.pollMs ?? defaultPollMs;
    const names = new Set(config.processes.map((check) => check.name));
    for (const name of this.services.keys()) if (!names.has(name)) this.services.delete(name);
    for (const check of config.processes) {
      const known = this.services.get(check.name);
      const remembered = isFirst ? this.#remembered.get(check.name) : undefined;
      const service = known ?? newService(check, remembered ?? check.mode !== 'manual');
      if (known !== undefined) {
        known.check = check;
        known.history = check.rules.map(() => []);
      }
      service.process ??= runningProcess(check);
      this.services.set(check.name, service);
    }
    this.#remember();
  }

  /** True while something is on its way, so that the next look should come soon. */
  get isBusy(): boolean {
    return [...this.services.values()].some((service) => service.phase !== 'idle');
  }

  act(name: string, action: ServiceAction): void {
    const service = this.services.get(name);
    if (service === undefined) return;
    this.#deps.log(`${action} ${name}`);
    if (action === 'start') this.#start(service);
    else if (action === 'stop') this.#stop(service);
    else if (action === 'restart') this.#restart(service);
    else this.#setMonitored(service, action === 'monitor');
    this.#remember();
  }

  tick(): void {
    const now = this.#deps.now();
    const isCycle = now >= this.#nextCycleAt;
    if (isCycle) {
      this.#cycle += 1;
      this.#nextCycleAt = now + this.pollMs;
    }
    for (const service of this.services.values()) {
      if (service.phase === 'stopping') this.#continueStop(service, now);
      else if (service.phase === 'starting') this.#continueStart(service, now);
      else if (service.monitored) this.#watch(service, now);
    }
    if (isCycle) this.#checkResources();
  }

  #start(service: Service): void {
    if (service.phase === 'stopping') {
      service.afterStop = 'start';
      return;
    }
    for (const dependency of this.#dependencies(service)) {
      if (!this.#isUp(dependency)) this.#start(dependency);
    }
    service.process = runningProcess(service.check);
    service.monitored = true;
    service.retryAt = 0;
    if (service.phase === 'starting') return;
    service.failure = undefined;
    if (service.process === undefined) this.#beginStart(service);
  }

  #beginStart(service: Service): void {
    service.phase = 'starting';
    service.program = undefined;
    service.sample = undefined;
    service.usage = undefined;
    service.deadline = this.#deps.now() + (service.check.start?.timeoutMs ?? 0);
  }

  #continueStart(service: Service, now: number): void {
    service.process = runningProcess(service.check);
    if (service.process !== undefined) {
      this.#started(service);
      return;
    }
    if (service.program === undefined) {
      this.#trySpawn(service, now);
      return;
    }
    const { ended } = service.program;
    const { name } = service.check;
    if (ended !== undefined && ended !== 0) {
      this.#startFailed(service, now, `'${name}' failed to start: its start program ended with ${ended}`);
      return;
    }
    if (now <= service.deadline) return;
    const seconds = Math.round((service.check.start?.timeoutMs ?? 0) / 1000);
    const problem = `no process of ${service.check.pidfile} after ${seconds} s`;
    this.#startFailed(service, now, `'${name}' failed to start: ${problem}`);
  }

  #started(service: Service): void {
    service.phase = 'idle';
    service.failure = undefined;
    service.startedAt = this.#deps.now();
    this.#deps.log(`${service.check.name} runs with pid ${service.process?.pid}`);
  }

  /** Spawns once all dependencies run and no dependant is still stopping. */
  #trySpawn(service: Service, now: number): void {
    const { start, name } = service.check;
    if (start === undefined) {
      this.#startFailed(service, now, `'${name}' does not run and has no start program`);
      return;
    }
    const waits = this.#dependencies(service).some((dependency) => !this.#isUp(dependency));
    if (waits || this.#dependants(service).some((dependant) => dependant.phase === 'stopping')) return;
    service.deadline = now + start.timeoutMs;
    service.program = runProgram(start, this.#context(service, 'Started', true));
  }

  #startFailed(service: Service, now: number, message: string): void {
    service.phase = 'idle';
    service.deadline = now + hungStartMs;
    service.retryAt = now + this.pollMs;
    this.#fail(service, { bit: statusBits.execution, name: 'Execution failed', message }, 'alert');
  }

  #watch(service: Service, now: number): void {
    const last = service.process;
    service.process = runningProcess(service.check);
    if (service.process === undefined) this.#watchDead(service, now, last !== undefined);
    else {
      if (service.failure?.bit !== statusBits.resource) service.failure = undefined;
      if (last !== undefined && last.pid !== service.process.pid) this.#pidChanged(service, last.pid);
    }
  }

  #watchDead(service: Service, now: number, hasJustDied: boolean): void {
    const mayRestart = service.check.mode !== 'passive';
    if (hasJustDied) {
      this.#fail(service, missing(service), mayRestart ? 'restart' : 'alert');
      // One that dies right after its start is not started again before a cycle has passed.
      service.retryAt = service.startedAt + this.pollMs;
    }
    if (!mayRestart || now < service.retryAt || this.#isHung(service, now)) return;
    if (service.failure !== undefined) this.#noteRestart(service);
    if (service.monitored) this.#restartDead(service);
  }

  /** A start program that neither ends nor brings the process up is waited for, then ended. */
  #isHung(service: Service, now: number): boolean {
    if (service.program === undefined || service.program.ended !== undefined) return false;
    if (service.failure?.bit !== statusBits.execution) return false;
    if (now < service.deadline) return true;
    service.program.kill('SIGKILL');
    return false;
  }

  #restartDead(service: Service): void {
    const dependants = this.#dependants(service).filter((dependant) => dependant.monitored);
    const failure = service.failure;
    for (const dependant of dependants) this.#stop(dependant, 'start');
    this.#beginStart(service);
    service.failure = failure;
  }

  #pidChanged(service: Service, from: number): void {
    const description = `process PID changed from ${from} to ${service.process?.pid}`;
    this.#deps.alert({ service: service.check.name, event: 'PID changed', action: 'alert', description });
  }

  #stop(service: Service, afterStop?: 'start'): void {
    for (const dependant of this.#dependants(service))
      this.#stop(dependant, dependant.monitored ? afterStop : undefined);
    service.afterStop = afterStop;
    service.failure = undefined;
    if (service.phase === 'stopping') return;
    if (service.phase === 'starting' && service.program?.ended === undefined) this.#abandonStart(service);
    service.phase = 'stopping';
    service.program = undefined;
    service.deadline = Number.POSITIVE_INFINITY;
    this.#continueStop(service, this.#deps.now());
  }

  /** A foreground start program that has not written its pidfile yet would outlive the stop. */
  #abandonStart(service: Service): void {
    if (runningProcess(service.check) === undefined) service.program?.kill('SIGTERM');
  }

  #continueStop(service: Service, now: number): void {
    service.process = runningProcess(service.check);
    if (service.process === undefined) {
      this.#stopped(service);
      return;
    }
    if (this.#dependants(service).some((dependant) => dependant.phase === 'stopping')) return;
    const { stop, name } = service.check;
    if (stop === undefined) {
      this.#stopped(service);
      return;
    }
    if (service.program === undefined) {
      service.deadline = now + stop.timeoutMs;
      service.program = runProgram(stop, this.#context(service, 'Stopped', false));
    } else if (now > service.deadline) {
      this.#stopped(service);
      const message = `'${name}' failed to stop: pid ${service.process.pid} still runs after ${stop.timeoutMs / 1000} s`;
      this.#fail(service, { bit: statusBits.execution, name: 'Execution failed', message }, 'alert');
    }
  }

  #stopped(service: Service): void {
    const { afterStop } = service;
    service.phase = 'idle';
    service.program = undefined;
    service.afterStop = undefined;
    service.monitored = afterStop === 'start';
    if (afterStop === 'start') this.#beginStart(service);
    this.#remember();
  }

  #restart(service: Service): void {
    service.retryAt = 0;
    this.#stop(service, 'start');
  }

  #setMonitored(service: Service, monitored: boolean): void {
    const others = monitored ? this.#dependencies(service) : this.#dependants(service);
    for (const other of others) this.#setMonitored(other, monitored);
    service.monitored = monitored;
    if (monitored) return;
    service.failure = undefined;
    if (service.phase === 'starting') service.phase = 'idle';
  }

  #noteRestart(service: Service): void {
    const limit = service.check.rules.find((rule) => rule.test.kind === 'restarts');
    if (limit?.test.kind !== 'restarts') return;
    const { restarts, cycles } = limit.test;
    service.restarts = [...service.restarts, this.#cycle].filter((cycle) => cycle > this.#cycle - cycles);
    if (service.restarts.length < restarts) return;
    service.restarts = [];
    const message = `service restarted ${restarts} times within ${cycles} cycles(s)`;
    this.#fail(service, { bit: statusBits.timeout, name: 'Timeout', message }, limit.action.kind);
    if (limit.action.kind === 'unmonitor') this.#setMonitored(service, false);
    else if (limit.action.kind === 'stop') this.#stop(service);
    this.#remember();
  }

  #checkResources(): void {
    const running = [...this.services.values()].filter((service) => this.#isUp(service));
    if (running.length === 0) return;
    const machine = this.#deps.machine();
    for (const service of running) {
      const measured = measure(service.process?.pid ?? 0, machine, service.sample);
      service.usage = measured?.usage;
      service.sample = measured?.sample;
      this.#limitOutput(service);
      evaluateRules(service, (failure, action) => this.#ruleHolds(service, failure, action));
    }
  }

  #ruleHolds(service: Service, failure: Failure | undefined, action: Parameters<typeof ruleTarget>[0]): void {
    if (failure === undefined) {
      if (service.failure?.bit === statusBits.resource) service.failure = undefined;
      return;
    }
    this.#fail(service, failure, action.kind);
    if (action.kind === 'exec') runProgram(action.program, this.#context(service, failure.name, false));
    const target = ruleTarget(action);
    if (target === 'restart') this.#noteRestart(service);
    if (target !== undefined && service.monitored) this.act(service.check.name, target);
  }

  #fail(service: Service, failure: Failure, action: string): void {
    const isNew = service.failure?.message !== failure.message;
    service.failure = failure;
    if (!isNew) return;
    const { name } = service.check;
    this.#deps.log(`${name}: ${failure.message} (${action})`);
    this.#deps.alert({ service: name, event: failure.name, action, description: failure.message });
  }

  #limitOutput(service: Service): void {
    const file = this.#outputFile(service);
    try {
      if (statSync(file).size > maxOutputBytes) truncateSync(file);
    } catch {
      // The program of an earlier supervisor, or none, prints nowhere.
    }
  }

  #isUp({ monitored, phase, process }: Service): boolean {
    return monitored && phase === 'idle' && process !== undefined;
  }

  #dependencies(service: Service): Service[] {
    return service.check.dependsOn.flatMap((name) => this.services.get(name) ?? []);
  }

  #dependants(service: Service): Service[] {
    return [...this.services.values()].filter((other) => other.check.dependsOn.includes(service.check.name));
  }

  #context(service: Service, event: string, truncate: boolean): RunContext {
    const outputFile = this.#outputFile(service);
    return { service: service.check.name, event, outputFile, truncate, onEnd: this.#deps.wake };
  }

  #outputFile(service: Service): string {
    return join(this.#deps.outputDir, `${service.check.name.replaceAll('/', '_')}.log`);
  }

  #remember(): void {
    this.#deps.remember(new Map([...this.services].map(([name, service]) => [name, service.monitored])));
  }
}

function missing({ check }: Service): Failure {
  return { bit: statusBits.missing, name: 'Does not exist', message: `process '${check.name}' is not running` };
}

function ruleTarget(action: Service['check']['rules'][number]['action']): ServiceAction | undefined {
  return action.kind === 'alert' || action.kind === 'exec' ? undefined : action.kind;
}
