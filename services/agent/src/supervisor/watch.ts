import { act, type ServiceAction } from './act.ts';
import type { Fleet } from './fleet.ts';
import type { RuleAction } from './monitrc/model.ts';
import { evaluateRules } from './rules.ts';
import { runProgram } from './run-program.ts';
import { type Failure, runningProcess, type Service, statusBits } from './service.ts';
import { beginStart, isStartHung } from './start.ts';
import { stop } from './stop.ts';
import { measure } from './usage.ts';

/** Looks whether a monitored service still runs. */
export function watch(fleet: Fleet, service: Service): void {
  const last = service.process;
  service.process = runningProcess(service.check);
  if (service.process === undefined) {
    watchDead(fleet, service, last !== undefined);
    return;
  }
  if (service.failure?.bit !== statusBits.resource) service.failure = undefined;
  if (last === undefined || last.pid === service.process.pid) return;
  const description = `process PID changed from ${last.pid} to ${service.process.pid}`;
  fleet.alert(service, { event: 'PID changed', action: 'alert', description });
}

function watchDead(fleet: Fleet, service: Service, hasJustDied: boolean): void {
  const mayRestart = service.check.mode !== 'passive';
  if (hasJustDied) {
    fleet.fail(service, missing(service), mayRestart ? 'restart' : 'alert');
    // One that dies right after its start is not started again before a cycle has passed.
    service.retryAt = service.startedAt + fleet.pollMs;
  }
  if (!mayRestart || fleet.now < service.retryAt || isStartHung(fleet, service)) return;
  if (service.failure !== undefined) noteRestart(fleet, service);
  if (service.monitored) restartDead(fleet, service);
}

function missing({ check }: Service): Failure {
  return { bit: statusBits.missing, name: 'Does not exist', message: `process '${check.name}' is not running` };
}

function restartDead(fleet: Fleet, service: Service): void {
  const { failure } = service;
  for (const dependant of fleet.dependants(service)) if (dependant.monitored) stop(fleet, dependant, 'start');
  beginStart(fleet, service);
  service.failure = failure;
}

/** Counts for `if N restarts within M cycles`; its action ends the restarting. */
function noteRestart(fleet: Fleet, service: Service): void {
  const limit = service.check.rules.find((rule) => rule.test.kind === 'restarts');
  if (limit?.test.kind !== 'restarts') return;
  const { restarts, cycles } = limit.test;
  service.restarts = [...service.restarts, fleet.cycle].filter((cycle) => cycle > fleet.cycle - cycles);
  if (service.restarts.length < restarts) return;
  service.restarts = [];
  const message = `service restarted ${restarts} times within ${cycles} cycles(s)`;
  fleet.fail(service, { bit: statusBits.timeout, name: 'Timeout', message }, limit.action.kind);
  const target = actionOf(limit.action);
  if (target === 'unmonitor' || target === 'stop') act(fleet, service, target);
}

/** Once a cycle: measures what runs, and applies the rules. */
export function checkResources(fleet: Fleet): void {
  const running = [...fleet.services.values()].filter((service) => fleet.isUp(service));
  if (running.length === 0) return;
  const machine = fleet.deps.machine();
  for (const service of running) {
    const measured = measure(service.process?.pid ?? 0, machine, service.sample);
    service.usage = measured?.usage;
    service.sample = measured?.sample;
    fleet.limitOutput(service);
    evaluateRules(service, (failure, action) => ruleSays(fleet, service, { failure, action }));
  }
}

interface Verdict {
  readonly failure: Failure | undefined;
  readonly action: RuleAction;
}

function ruleSays(fleet: Fleet, service: Service, { failure, action }: Verdict): void {
  if (failure === undefined) {
    if (service.failure?.bit === statusBits.resource) service.failure = undefined;
    return;
  }
  fleet.fail(service, failure, action.kind);
  if (action.kind === 'exec') runProgram(action.program, fleet.runContext(service, failure.name, false));
  const target = actionOf(action);
  if (target === 'restart') noteRestart(fleet, service);
  if (target !== undefined && service.monitored) act(fleet, service, target);
}

function actionOf(action: RuleAction): ServiceAction | undefined {
  return action.kind === 'alert' || action.kind === 'exec' ? undefined : action.kind;
}
