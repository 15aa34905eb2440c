import { readdirSync, readFileSync } from 'node:fs';

/** Of `/proc/PID/stat` and `sysconf(_SC_CLK_TCK)`: Linux has counted in hundredths on every machine we know. */
const ticksPerSecond = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** CPU seconds, user and system, of these processes and their children that have ended. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.cpuSeconds ?? 0), 0);
}

export interface Memory {
  readonly rss: number;
  readonly private: number;
  /** Shared pages counted in parts. */
  readonly proportional: number;
}

/** Megabytes of a process. */
export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const megabytes = (...names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (kilobytes(name) * 1024) / 1e6, 0);
  return {
    rss: megabytes('Rss'),
    private: megabytes('Private_Clean', 'Private_Dirty'),
    proportional: megabytes('Pss'),
  };
}

export function totalMemory(pids: readonly number[]): Memory {
  return pids.map(memoryOf).reduce((sum, one) => ({
    rss: sum.rss + one.rss,
    private: sum.private + one.private,
    proportional: sum.proportional + one.proportional,
  }));
}

/** All descendants, without the process itself. */
export function descendantsOf(pid: number): number[] {
  const all = allStats();
  const childrenOf = (parent: number): number[] =>
    all.filter((stat) => stat.parent === parent).flatMap((stat) => [stat.pid, ...childrenOf(stat.pid)]);
  return childrenOf(pid);
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

function allStats(): Stat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
}

function statOf(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0] = fields.slice(1);
  const times = fields.slice(11, 15);
  return { pid, parent, cpuSeconds: times.reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond };
}
