import type { Fleet } from './fleet.ts';
import { runProgram } from './run-program.ts';
import { runningProcess, type Service, statusBits } from './service.ts';

const hungStartMs = 600_000;

/** Starts a service and first those it depends on. One that runs already is taken as it is. */
export function start(fleet: Fleet, service: Service): void {
  if (service.phase === 'stopping') {
    service.afterStop = 'start';
    return;
  }
  for (const dependency of fleet.dependencies(service)) if (!fleet.isUp(dependency)) start(fleet, dependency);
  service.process = runningProcess(service.check);
  service.monitored = true;
  service.retryAt = 0;
  if (service.phase === 'starting') return;
  service.failure = undefined;
  if (service.process === undefined) beginStart(fleet, service);
}

export function beginStart(fleet: Fleet, service: Service): void {
  service.phase = 'starting';
  service.program = undefined;
  service.sample = undefined;
  service.usage = undefined;
  service.deadline = fleet.now + (service.check.start?.timeoutMs ?? 0);
}

export function continueStart(fleet: Fleet, service: Service): void {
  service.process = runningProcess(service.check);
  if (service.process !== undefined) started(fleet, service);
  else if (service.program === undefined) trySpawn(fleet, service);
  else checkStart(fleet, service, service.program.ended);
}

function started(fleet: Fleet, service: Service): void {
  service.phase = 'idle';
  service.failure = undefined;
  service.startedAt = fleet.now;
  fleet.deps.log(`${service.check.name} runs with pid ${service.process?.pid}`);
}

/** Spawns once all dependencies run and no dependant is still stopping. */
function trySpawn(fleet: Fleet, service: Service): void {
  const { start: program } = service.check;
  if (program === undefined) {
    startFailed(fleet, service, 'it does not run and has no start program');
    return;
  }
  const isBlocked =
    fleet.dependencies(service).some((dependency) => !fleet.isUp(dependency)) ||
    fleet.dependants(service).some((dependant) => dependant.phase === 'stopping');
  if (isBlocked) return;
  service.deadline = fleet.now + program.timeoutMs;
  service.program = runProgram(program, fleet.runContext(service, 'Started', true));
}

function checkStart(fleet: Fleet, service: Service, ended: number | string | undefined): void {
  if (ended !== undefined && ended !== 0) {
    startFailed(fleet, service, `its start program ended with ${ended}`);
  } else if (fleet.now > service.deadline) {
    const seconds = Math.round((service.check.start?.timeoutMs ?? 0) / 1000);
    startFailed(fleet, service, `no process of ${service.check.pidfile} after ${seconds} s`);
  }
}

function startFailed(fleet: Fleet, service: Service, reason: string): void {
  service.phase = 'idle';
  service.deadline = fleet.now + hungStartMs;
  service.retryAt = fleet.now + fleet.pollMs;
  const message = `'${service.check.name}' failed to start: ${reason}`;
  fleet.fail(service, { bit: statusBits.execution, name: 'Execution failed', message }, 'alert');
}

/** A start program that neither ends nor brings the process up is waited for, then ended. */
export function isStartHung(fleet: Fleet, service: Service): boolean {
  if (service.program === undefined || service.program.ended !== undefined) return false;
  if (service.failure?.bit !== statusBits.execution) return false;
  if (fleet.now < service.deadline) return true;
  service.program.kill('SIGKILL');
  return false;
}
