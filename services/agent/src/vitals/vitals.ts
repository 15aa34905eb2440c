import { readFile, statfs } from 'node:fs/promises';
import type { Vitals } from '@boti/agent-protocol';
import type { Dirs } from '../dirs.ts';
import { mountAt } from '../disks/mounts.ts';

interface CpuTimes {
  readonly user: number;
  readonly sys: number;
  readonly wait: number;
  readonly total: number;
}

/** Load of the VM as heartbeats tell it. CPU is the share since the previous reading. */
export class VitalsReader {
  readonly #dirs: Dirs;
  #lastCpu: CpuTimes = { user: 0, sys: 0, wait: 0, total: 0 };

  constructor(dirs: Dirs) {
    this.#dirs = dirs;
  }

  async read(): Promise<Vitals> {
    const [stat, memory, load, uptime] = await Promise.all(
      ['stat', 'meminfo', 'loadavg', 'uptime'].map((name) => readFile(`/proc/${name}`, 'utf8')),
    );
    return {
      cpu: this.#cpu(parseCpu(stat ?? '')),
      load: (load ?? '').split(' ').slice(0, 3),
      ...parseMemory(memory ?? ''),
      uptime: { secs: Math.floor(Number.parseFloat(uptime ?? '')) },
      disk: await this.#disks(),
    };
  }

  #cpu(now: CpuTimes): NonNullable<Vitals['cpu']> {
    const last = this.#lastCpu;
    this.#lastCpu = now;
    const total = now.total - last.total;
    const share = (part: number): string => (total <= 0 ? 0 : (part / total) * 100).toFixed(1);
    return { user: share(now.user - last.user), sys: share(now.sys - last.sys), wait: share(now.wait - last.wait) };
  }

  async #disks(): Promise<NonNullable<Vitals['disk']>> {
    const points = { system: '/', ephemeral: this.#dirs.data, persistent: this.#dirs.store };
    const disks: Record<string, { percent: string; inode_percent: string }> = {};
    for (const [name, path] of Object.entries(points)) {
      if (name === 'system' || (await mountAt(path)) !== undefined) disks[name] = await diskUsage(path);
    }
    return disks;
  }
}

async function diskUsage(path: string): Promise<{ percent: string; inode_percent: string }> {
  const { blocks, bavail, bfree, files, ffree } = await statfs(path);
  const used = blocks - bfree;
  return { percent: percent(used, used + bavail), inode_percent: percent(files - ffree, files) };
}

function parseCpu(stat: string): CpuTimes {
  const [user = 0, nice = 0, sys = 0, idle = 0, wait = 0, ...rest] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '')
    .split(' ')
    .map(Number);
  const total = [user, nice, sys, idle, wait, ...rest.slice(0, 3)].reduce((sum, part) => sum + part, 0);
  return { user: user + nice, sys, wait, total };
}

export function parseMemory(meminfo: string): Required<Pick<Vitals, 'mem' | 'swap'>> {
  const kb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0);
  const total = kb('MemTotal');
  const used = total - kb('MemAvailable');
  const swapTotal = kb('SwapTotal');
  const swapUsed = swapTotal - kb('SwapFree');
  return {
    mem: { kb: String(used), percent: percent(used, total) },
    swap: { kb: String(swapUsed), percent: percent(swapUsed, swapTotal) },
  };
}

function percent(part: number, whole: number): string {
  return whole <= 0 ? '0' : String(Math.round((part / whole) * 100));
}
