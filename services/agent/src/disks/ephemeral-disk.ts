import { mkdir, readFile } from 'node:fs/promises';
import type { DiskHint } from '@boti/agent-protocol';
import { type Clock, runCommand, tryCommand } from '@boti/core';
import { devicePath } from './device-path.ts';
import { formatIfEmpty, partitionPath, waitForPartition } from './filesystem.ts';
import { mount, mountAt } from './mounts.ts';

export interface EphemeralDiskOptions {
  readonly hint: DiskHint;
  readonly resolutionType: string;
  readonly agentId: string;
  /** MiB; half the disk or the memory, whichever is less, when absent; 0: no swap. */
  readonly swapMib: number | undefined;
  readonly mountPoint: string;
  readonly clock: Clock;
}

const mib = 1024 * 1024;

/** Swap and data partitions, made once: their names tell a later boot that it is done. Source: linux_platform.go. */
export async function setUpEphemeralDisk(options: EphemeralDiskOptions): Promise<void> {
  const { hint, resolutionType, clock, mountPoint } = options;
  if ((await mountAt(mountPoint)) !== undefined) return;
  const device = await devicePath({ hint, resolutionType, clock });
  const swapMib = await swapSize(device, options.swapMib);
  const names = partitionNames(options.agentId);
  const present = await partitionNamesOf(device);
  if (!present.includes(names.data)) await partition(device, { swapMib, names });
  const dataPartition = partitionPath(device, swapMib > 0 ? 2 : 1);
  if (swapMib > 0) await useSwap(partitionPath(device, 1));
  await formatIfEmpty(dataPartition, 'ext4');
  await mkdir(mountPoint, { recursive: true });
  await mount(dataPartition, mountPoint);
}

async function swapSize(device: string, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) return wanted;
  const memoryKb = Number(/^MemTotal:\s+(\d+)/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1] ?? 0);
  const bytes = Number((await runCommand('blockdev', ['--getsize64', device])).stdout);
  return Math.floor(Math.min(memoryKb / 1024, bytes / mib / 2));
}

function partitionNames(agentId: string): { readonly swap: string; readonly data: string } {
  const name = (number: number): string => `bosh-partition-${agentId.slice(0, 14)}-${number}`;
  return { swap: name(0), data: name(1) };
}

async function partitionNamesOf(device: string): Promise<readonly string[]> {
  const { exitCode, stdout } = await tryCommand('sfdisk', ['--json', device]);
  if (exitCode !== 0) return [];
  const { partitiontable } = JSON.parse(stdout) as { partitiontable: { partitions?: { name?: string }[] } };
  return (partitiontable.partitions ?? []).flatMap(({ name }) => name ?? []);
}

async function partition(
  device: string,
  { swapMib, names }: { swapMib: number; names: { swap: string; data: string } },
): Promise<void> {
  const swap = swapMib > 0 ? `size=${swapMib}MiB, type=swap, name="${names.swap}"\n` : '';
  await runCommand('sfdisk', ['--quiet', device], { input: `label: gpt\n${swap}type=linux, name="${names.data}"\n` });
  if (swapMib > 0) await waitForPartition(partitionPath(device, 1));
  await waitForPartition(partitionPath(device, swapMib > 0 ? 2 : 1));
}

async function useSwap(device: string): Promise<void> {
  const { stdout } = await tryCommand('blkid', ['-p', '-s', 'TYPE', '-o', 'value', device]);
  if (stdout.trim() !== 'swap') await runCommand('mkswap', [device]);
  const active = await readFile('/proc/swaps', 'utf8');
  if (!active.includes(`${device} `)) await runCommand('swapon', [device]);
}
