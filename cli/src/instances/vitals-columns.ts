import type { ProcessState, VmState } from '@boti/director-api';
import { formatDecimalBytes, formatTime, formatUptime } from '../ui/formats.ts';

export const vitalsHeader = [
  'VM Created At',
  'Uptime',
  'Load\n(1m, 5m, 15m)',
  'CPU\nTotal',
  'CPU\nUser',
  'CPU\nSys',
  'CPU\nWait',
  'Memory\nUsage',
  'Swap\nUsage',
  'System\nDisk Usage',
  'Ephemeral\nDisk Usage',
  'Persistent\nDisk Usage',
];

export function vmVitals({ vm_created_at, vitals }: VmState): readonly string[] {
  const { cpu, mem, swap, load, disk, uptime } = vitals ?? {};
  return [
    formatTime(vm_created_at),
    formatUptime(uptime?.secs),
    (load ?? []).join(', '),
    '',
    percent(cpu?.user),
    percent(cpu?.sys),
    percent(cpu?.wait),
    memory(mem),
    memory(swap),
    diskUse(disk?.system),
    diskUse(disk?.ephemeral),
    diskUse(disk?.persistent),
  ];
}

export function processVitals({ uptime, cpu, mem }: ProcessState): readonly string[] {
  return ['', formatUptime(uptime?.secs), '', percent(cpu?.total, 1), '', '', '', memory(mem, 1), '', '', '', ''];
}

type Amount = string | number | null | undefined;

function percent(value: Amount, decimals?: number): string {
  if (value === null || value === undefined || value === '') return '';
  return `${decimals === undefined ? value : Number(value).toFixed(decimals)}%`;
}

function memory(use: { percent?: Amount; kb?: Amount } | null | undefined, decimals?: number): string {
  if (use?.kb === null || use?.kb === undefined || use.kb === '') return '';
  return `${percent(use.percent, decimals) || '0%'} (${formatDecimalBytes(Number(use.kb) * 1000)})`;
}

function diskUse(use: { percent?: Amount; inode_percent?: Amount } | null | undefined): string {
  if (!use?.percent) return '';
  return use.inode_percent ? `${use.percent}% (${use.inode_percent}i%)` : `${use.percent}%`;
}
