import { readFileSync } from 'node:fs';
import type { ProcessCheck } from './monitrc/model.ts';
import { type ProcessInfo, processInfo } from './process-table.ts';
import type { RunningProgram } from './run-program.ts';
import type { Usage, UsageSample } from './usage.ts';

/** Bits of monit's `status`. */
export const statusBits = { resource: 2, timeout: 4, missing: 512, execution: 4096 } as const;

export interface Failure {
  readonly bit: number;
  /** What `monit summary` says: `Does not exist`, `Execution failed`, … */
  readonly name: string;
  readonly message: string;
}

/** One watched process and where it stands. Only the engine changes it. */
export interface Service {
  check: ProcessCheck;
  monitored: boolean;
  phase: 'idle' | 'starting' | 'stopping';
  /** Process seen running at the last look. */
  process?: ProcessInfo | undefined;
  failure?: Failure | undefined;
  /** The start or stop program of the present phase; absent while a start waits for its dependencies. */
  program?: RunningProgram | undefined;
  /** Milliseconds of the engine's clock. */
  deadline: number;
  retryAt: number;
  /** When the present process was first seen after a start. */
  startedAt: number;
  /** What to do when the present stop has ended. */
  afterStop?: 'start' | undefined;
  usage?: Usage | undefined;
  sample?: UsageSample | undefined;
  /** Cycle numbers of the restarts, for `if N restarts within M cycles`. */
  restarts: number[];
  /** Per rule: whether it held in the last cycles, the newest last. */
  history: boolean[][];
}

export function newService(check: ProcessCheck, monitored: boolean): Service {
  return {
    check,
    monitored,
    phase: 'idle',
    deadline: 0,
    retryAt: 0,
    startedAt: Number.NEGATIVE_INFINITY,
    restarts: [],
    history: check.rules.map(() => []),
  };
}

/** The process that the pidfile names, if it lives. */
export function runningProcess({ pidfile }: ProcessCheck): ProcessInfo | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidfile, 'latin1'), 10);
    return pid > 0 ? processInfo(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** monit's `monitor`: 0 not monitored, 1 monitored, 2 starting. */
export function monitorCode(service: Service): 0 | 1 | 2 {
  if (!service.monitored) return 0;
  if (service.phase === 'starting') return 2;
  return service.process === undefined && service.failure === undefined ? 2 : 1;
}
