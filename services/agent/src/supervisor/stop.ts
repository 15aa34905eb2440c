import type { Fleet } from './fleet.ts';
import { runProgram } from './run-program.ts';
import { runningProcess, type Service, statusBits } from './service.ts';
import { beginStart } from './start.ts';

/** Stops a service after those that depend on it; with `afterStop` all that were monitored come back. */
export function stop(fleet: Fleet, service: Service, afterStop?: 'start'): void {
  for (const dependant of fleet.dependants(service)) {
    stop(fleet, dependant, dependant.monitored ? afterStop : undefined);
  }
  service.afterStop = afterStop;
  service.failure = undefined;
  if (service.phase === 'stopping') return;
  if (service.phase === 'starting' && service.program?.ended === undefined) abandonStart(service);
  service.phase = 'stopping';
  service.program = undefined;
  service.deadline = Number.POSITIVE_INFINITY;
  continueStop(fleet, service);
}

export function restart(fleet: Fleet, service: Service): void {
  service.retryAt = 0;
  stop(fleet, service, 'start');
}

/** A foreground start program that has not written its pidfile yet would outlive the stop. */
function abandonStart(service: Service): void {
  if (runningProcess(service.check) === undefined) service.program?.kill('SIGTERM');
}

export function continueStop(fleet: Fleet, service: Service): void {
  service.process = runningProcess(service.check);
  const { stop: program } = service.check;
  if (service.process === undefined || program === undefined) {
    stopped(fleet, service);
    return;
  }
  if (fleet.dependants(service).some((dependant) => dependant.phase === 'stopping')) return;
  if (service.program === undefined) {
    service.deadline = fleet.now + program.timeoutMs;
    service.program = runProgram(program, fleet.runContext(service, 'Stopped', false));
  } else if (fleet.now > service.deadline) stopFailed(fleet, service, service.process.pid);
}

function stopFailed(fleet: Fleet, service: Service, pid: number): void {
  const seconds = (service.check.stop?.timeoutMs ?? 0) / 1000;
  stopped(fleet, service);
  const message = `'${service.check.name}' failed to stop: pid ${pid} still runs after ${seconds} s`;
  fleet.fail(service, { bit: statusBits.execution, name: 'Execution failed', message }, 'alert');
}

function stopped(fleet: Fleet, service: Service): void {
  const { afterStop } = service;
  service.phase = 'idle';
  service.program = undefined;
  service.afterStop = undefined;
  service.monitored = afterStop === 'start';
  if (afterStop === 'start') beginStart(fleet, service);
  fleet.remember();
}
