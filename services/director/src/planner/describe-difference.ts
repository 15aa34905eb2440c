import { sameValue } from './same-value.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What changes between two sets of properties, for people: `ram 512 → 1024, disk is removed`. */
export function describeDifference(before: Properties, after: Properties): string {
  return changedKeys(before, after)
    .map((key) => describeKey(key, before[key], after[key]))
    .join(', ');
}

/** As `describeDifference`, for properties that may hold secrets: it tells no values. */
export function describeChangedKeys(before: Properties, after: Properties): string {
  return changedKeys(before, after).join(', ');
}

function changedKeys(before: Properties, after: Properties): readonly string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !sameValue(before[key], after[key]));
}

function describeKey(key: string, before: unknown, after: unknown): string {
  if (after === undefined) {
    return `${key} is removed`;
  }
  const value = isShort(after) ? ` ${text(after)}` : '';
  if (before === undefined) {
    return `${key}${value} is added`;
  }
  return isShort(before) && isShort(after) ? `${key} ${text(before)} → ${text(after)}` : `${key} changes`;
}

function isShort(value: unknown): boolean {
  return text(value).length <= 60;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
