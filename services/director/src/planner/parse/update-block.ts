import { UpdateConfigInvalidWatchTime, ValidationInvalidValue } from '../../errors.ts';
import type { UpdatePolicy, WatchTime } from '../plan.ts';
import { SpecReader } from './spec-reader.ts';

const vmStrategies = ['delete-create', 'create-swap-delete'] as const;
const azStrategies = ['serial', 'parallel'] as const;

export type VmStrategy = (typeof vmStrategies)[number];

/** The deployment's own `update` block: it must say all that groups may leave out. */
export function parseUpdate(block: unknown, defaultVmStrategy: VmStrategy): UpdatePolicy {
  const reader = new SpecReader(block);
  return {
    canaries: instanceCount('canaries', reader.string('canaries')),
    maxInFlight: instanceCount('max_in_flight', reader.string('max_in_flight')),
    canaryWatchTime: watchTime(reader.string('canary_watch_time')),
    updateWatchTime: watchTime(reader.string('update_watch_time')),
    serial: reader.booleanOr('serial', true),
    vmStrategy: reader.oneOf('vm_strategy', vmStrategies, defaultVmStrategy),
    initialDeployAzUpdateStrategy: reader.oneOf('initial_deploy_az_update_strategy', azStrategies, 'serial'),
  };
}

/** A group's `update` block on top of the deployment's. */
export function parseGroupUpdate(block: unknown, parent: UpdatePolicy): UpdatePolicy {
  const reader = new SpecReader(block ?? {});
  const count = (name: string, inherited: number | string) => {
    const text = reader.stringOr(name, undefined);
    return text === undefined ? inherited : instanceCount(name, text);
  };
  const watch = (name: string, inherited: WatchTime) => {
    const text = reader.stringOr(name, undefined);
    return text === undefined ? inherited : watchTime(text);
  };
  return {
    canaries: count('canaries', parent.canaries),
    maxInFlight: count('max_in_flight', parent.maxInFlight),
    canaryWatchTime: watch('canary_watch_time', parent.canaryWatchTime),
    updateWatchTime: watch('update_watch_time', parent.updateWatchTime),
    serial: reader.booleanOr('serial', parent.serial),
    vmStrategy: reader.oneOf('vm_strategy', vmStrategies, parent.vmStrategy),
    initialDeployAzUpdateStrategy: reader.oneOf(
      'initial_deploy_az_update_strategy',
      azStrategies,
      parent.initialDeployAzUpdateStrategy,
    ),
  };
}

/** `3` or `25%`. */
export function instanceCount(name: string, text: string): number | string {
  const match = /^\s*(\d+)\s*(%?)\s*$/.exec(text);
  if (match === null) {
    throw new ValidationInvalidValue(`'${name}' value ("${text}") should be a number of instances or a percentage`);
  }
  return match[2] === '%' ? `${Number(match[1])}%` : Number(match[1]);
}

/** `30000` or `1000-30000`, in milliseconds. */
function watchTime(text: string): WatchTime {
  const match = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(text);
  const minMs = Number(match?.[1]);
  const maxMs = Number(match?.[2] ?? match?.[1]);
  if (match === null) {
    throw new UpdateConfigInvalidWatchTime(`Watch time should be an integer or a range, not '${text}'`);
  }
  if (minMs > maxMs) {
    throw new UpdateConfigInvalidWatchTime(`Min watch time cannot be greater than max watch time: '${text}'`);
  }
  return { minMs, maxMs };
}
