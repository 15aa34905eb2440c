import { stringify } from 'yaml';

export { formatBytes, formatDecimalBytes } from '@boti/core';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** `Sun Nov 22 08:41:39 UTC 2026`; a zero time is empty. */
export function formatTime(time: Date | number | string | null | undefined): string {
  if (time === null || time === undefined || time === '') return '';
  const date = toDate(time);
  if (Number.isNaN(date.getTime())) return String(time);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${clockTime(date)} UTC ${date.getUTCFullYear()}`;
}

/** `08:41:39`, in UTC. */
export function clockTime(time: Date | number): string {
  const date = toDate(time);
  return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(':');
}

/** `00:01:09` */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.trunc(seconds));
  return [Math.trunc(whole / 3600), Math.trunc(whole / 60) % 60, whole % 60].map(twoDigits).join(':');
}

/** `0d 2h 0m 4s` */
export function formatUptime(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '';
  const whole = Math.trunc(seconds);
  return `${Math.trunc(whole / 86400)}d ${Math.trunc(whole / 3600) % 24}h ${Math.trunc(whole / 60) % 60}m ${whole % 60}s`;
}

/** Any value as YAML, without its last line break; nothing for an empty one. */
export function formatYaml(value: unknown, { sortKeys = true } = {}): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'object' && Object.keys(value).length === 0) return '';
  return stringify(value, { sortMapEntries: sortKeys, lineWidth: 0, indentSeq: false }).trimEnd();
}

/** Numbers are epoch seconds. Upstream writes times as `2026-11-22 08:41:53 UTC` too. */
function toDate(time: Date | number | string): Date {
  if (time instanceof Date) return time;
  if (typeof time === 'number') return new Date(time * 1000);
  return new Date(time.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/, '$1T$2Z'));
}
