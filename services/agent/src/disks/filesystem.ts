import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ExpectedError, isReachable, runCommand, tryCommand } from '@boti/core';

/** `ext4`, `xfs`, …; empty for a device without a file system. */
export async function filesystemOf(device: string): Promise<string> {
  const { stdout, exitCode } = await tryCommand('blkid', ['-p', '-s', 'TYPE', '-o', 'value', device]);
  return exitCode === 0 ? stdout.trim() : '';
}

/** Makes a file system unless there is one: data is never overwritten. */
export async function formatIfEmpty(device: string, type: string): Promise<void> {
  const present = await filesystemOf(device);
  if (present === 'ext4' || present === 'xfs') return;
  if (present !== '') {
    throw new ExpectedError(`${device} holds a file system of type '${present}', expected ext4 or xfs`, {
      hint: 'Wipe the disk if its content is not needed.',
    });
  }
  if (type === 'xfs') await runCommand('mkfs.xfs', [device]);
  else await runCommand('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=1,lazy_journal_init=1', device]);
}

export async function growFilesystem(device: string, mountPoint: string): Promise<void> {
  const type = await filesystemOf(device);
  if (type === 'xfs') await runCommand('xfs_growfs', [mountPoint]);
  else await runCommand('resize2fs', [device]);
}

/** `/dev/sdb1`, but `/dev/nvme1n1p1` and `/dev/loop0p1`. */
export function partitionPath(device: string, number: number): string {
  return /\d$/.test(device) ? `${device}p${number}` : `${device}${number}`;
}

/** Gives an empty disk one partition over its whole size. Tells whether it was there and has been made larger. */
export async function ensureSinglePartition(device: string): Promise<{ readonly hasGrown: boolean }> {
  const partition = partitionPath(device, 1);
  if (await hasPartitionTable(device)) {
    await waitForPartition(partition);
    return { hasGrown: await growPartition(device, partition) };
  }
  if ((await filesystemOf(device)) !== '') {
    throw new ExpectedError(`${device} holds a file system instead of a partition table`, {
      hint: 'Set UsePreformattedPersistentDisk in agent.json if disks of this cloud come formatted.',
    });
  }
  await runCommand('sfdisk', ['--quiet', device], { input: 'label: gpt\ntype=linux\n' });
  await waitForPartition(partition);
  return { hasGrown: false };
}

async function hasPartitionTable(device: string): Promise<boolean> {
  const { exitCode, stdout } = await tryCommand('blkid', ['-p', '-s', 'PTTYPE', '-o', 'value', device]);
  return exitCode === 0 && stdout.trim() !== '';
}

/** Waits for the device node of a partition that the disk's table has. */
export async function waitForPartition(partition: string): Promise<void> {
  for (let check = 0; !(await isReachable(partition)); check += 1) {
    if (check > 100) throw new ExpectedError(`${partition} does not appear after partitioning`);
    if (check === 5) await addPartitions(partition);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** For kernels that do not look for partitions themselves, and systems without udev. */
async function addPartitions(partition: string): Promise<void> {
  await tryCommand('partx', ['-u', partition.replace(/(?<=\d)p\d+$|(?<=\D)\d+$/, '')]);
  const numbers = await readFile(join('/sys/class/block', basename(partition), 'dev'), 'utf8').catch(() => '');
  const [major = '', minor] = numbers.trim().split(':');
  if (minor === undefined || (await isReachable(partition))) return;
  await tryCommand('mknod', ['-m', '0660', partition, 'b', major, minor]);
}

async function growPartition(device: string, partition: string): Promise<boolean> {
  const free = (await sizeOf(device)) - (await sizeOf(partition));
  // Tables and alignment take less than 3 MiB.
  if (free < 8 * 1024 * 1024) return false;
  await runCommand('sfdisk', ['--quiet', '--no-reread', '--force', '-N', '1', device], { input: ',+\n' });
  await tryCommand('partx', ['-u', device]);
  return true;
}

async function sizeOf(device: string): Promise<number> {
  return Number((await runCommand('blockdev', ['--getsize64', device])).stdout.trim());
}
