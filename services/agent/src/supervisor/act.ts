import type { Fleet } from './fleet.ts';
import type { Service } from './service.ts';
import { start } from './start.ts';
import { restart, stop } from './stop.ts';

export const serviceActions = ['start', 'stop', 'restart', 'monitor', 'unmonitor'] as const;
export type ServiceAction = (typeof serviceActions)[number];

export function act(fleet: Fleet, service: Service, action: ServiceAction): void {
  fleet.deps.log(`${action} ${service.check.name}`);
  if (action === 'start') start(fleet, service);
  else if (action === 'stop') stop(fleet, service);
  else if (action === 'restart') restart(fleet, service);
  else setMonitored(fleet, service, action === 'monitor');
  fleet.remember();
}

function setMonitored(fleet: Fleet, service: Service, monitored: boolean): void {
  const others = monitored ? fleet.dependencies(service) : fleet.dependants(service);
  for (const other of others) setMonitored(fleet, other, monitored);
  service.monitored = monitored;
  if (monitored) return;
  service.failure = undefined;
  if (service.phase === 'starting') service.phase = 'idle';
}
