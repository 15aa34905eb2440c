import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says about one process. */
export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  /** User and system time used, in clock ticks. */
  readonly cpuTicks: number;
  /** Start, in clock ticks after boot. */
  readonly startTicks: number;
  readonly rssKb: number;
}

export const ticksPerSecond = 100;
const pageKb = 4;

/** Undefined when there is no such process, or only its zombie. */
export function processInfo(pid: number): ProcessInfo | undefined {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

export function allProcesses(): ProcessInfo[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (processInfo(Number(name)) ?? []) : []));
}

function parseStat(pid: number, stat: string): ProcessInfo | undefined {
  // The command may hold blanks and parentheses: the fields start after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return {
    pid,
    ppid: field(4),
    cpuTicks: field(14) + field(15),
    startTicks: field(22),
    rssKb: field(24) * pageKb,
  };
}

export function uptimeSeconds(): number {
  return Number.parseFloat(readFileSync('/proc/uptime', 'latin1'));
}

export function totalMemoryKb(): number {
  return Number(/^MemTotal:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1] ?? 0);
}
