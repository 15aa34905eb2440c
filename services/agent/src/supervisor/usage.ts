import { type ProcessInfo, ticksPerSecond } from './process-table.ts';

/** Memory and CPU of a process, alone and with all its descendants. CPU in percent of one core. */
export interface Usage {
  readonly kb: number;
  readonly totalKb: number;
  readonly memoryPercent: number;
  readonly totalMemoryPercent: number;
  readonly cpuPercent: number;
  readonly totalCpuPercent: number;
  readonly children: number;
}

export interface UsageSample {
  readonly uptime: number;
  readonly ticks: number;
  readonly totalTicks: number;
}

export interface Machine {
  readonly processes: readonly ProcessInfo[];
  readonly uptime: number;
  readonly memoryKb: number;
}

/** Use since the previous sample (since the start of the process when there is none). */
export function measure(
  pid: number,
  machine: Machine,
  previous: UsageSample | undefined,
): { readonly usage: Usage; readonly sample: UsageSample } | undefined {
  const own = machine.processes.find((process) => process.pid === pid);
  if (own === undefined) return undefined;
  const family = [own, ...descendants(pid, machine.processes)];
  const totalTicks = sum(family.map((process) => process.cpuTicks));
  const totalKb = sum(family.map((process) => process.rssKb));
  const sample = { uptime: machine.uptime, ticks: own.cpuTicks, totalTicks };
  const before = previous ?? { uptime: own.startTicks / ticksPerSecond, ticks: 0, totalTicks: 0 };
  const percentOf = (ticks: number): number => {
    const seconds = Math.max(machine.uptime - before.uptime, 0.01);
    return round((Math.max(ticks, 0) / ticksPerSecond / seconds) * 100);
  };
  const usage = {
    kb: own.rssKb,
    totalKb,
    memoryPercent: round((own.rssKb / machine.memoryKb) * 100),
    totalMemoryPercent: round((totalKb / machine.memoryKb) * 100),
    cpuPercent: percentOf(own.cpuTicks - before.ticks),
    totalCpuPercent: percentOf(totalTicks - before.totalTicks),
    children: family.length - 1,
  };
  return { usage, sample };
}

function descendants(pid: number, processes: readonly ProcessInfo[]): ProcessInfo[] {
  const children = processes.filter((process) => process.ppid === pid);
  return children.flatMap((child) => [child, ...descendants(child.pid, processes)]);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const round = (number: number): number => Math.round(number * 10) / 10;
