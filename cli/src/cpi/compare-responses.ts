import type { RawOutcome } from '@boti/cpi-client';
import type { RecordedCall } from './recording.ts';

/** What things of the recording are called now: cids differ from run to run. */
export type Renamed = Map<string, string>;

/** In which ways the response differs from the recorded one: in its form, in truth values, in the type of its error. */
export function differences(recorded: RecordedCall['response'], now: RawOutcome, renamed: Renamed): readonly string[] {
  const before = recorded === null ? 'no response' : (recorded.error?.type ?? 'no error');
  const after = now.response === undefined ? 'no response' : (now.response.error?.type ?? 'no error');
  if (before !== after) return [`${before} became ${after}${now.error === undefined ? '' : ` (${now.error.message})`}`];
  if (recorded === null || recorded.error !== null) return [];
  return compare('result', recorded.result, now.response?.result, renamed);
}

function compare(path: string, before: unknown, after: unknown, renamed: Renamed): readonly string[] {
  if (kindOf(before) !== kindOf(after)) return [`${path}: ${kindOf(before)} became ${kindOf(after)}`];
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(path, before, after, renamed);
  if (isObject(before) && isObject(after)) return compareObjects(path, before, after, renamed);
  if (typeof before === 'boolean' && before !== after) return [`${path}: ${before} became ${after}`];
  if (typeof before !== 'string') return [];
  const wanted = renamed.get(before);
  if (wanted !== undefined && wanted !== after) return [`${path}: ${wanted} was expected, it is ${after}`];
  return before !== '' && after === '' ? [`${path}: a text became empty`] : [];
}

function compareLists(path: string, before: unknown[], after: unknown[], renamed: Renamed): readonly string[] {
  if (before.length !== after.length) return [`${path}: ${before.length} items became ${after.length}`];
  return before.flatMap((item, index) => compare(`${path}[${index}]`, item, after[index], renamed));
}

function compareObjects(path: string, before: Json, after: Json, renamed: Renamed): readonly string[] {
  const lost = Object.keys(before).filter((key) => !(key in after));
  const added = Object.keys(after).filter((key) => !(key in before));
  const kept = Object.keys(before).filter((key) => key in after);
  return [
    ...lost.map((key) => `${path}.${key} is gone`),
    ...added.map((key) => `${path}.${key} is new`),
    ...kept.flatMap((key) => compare(`${path}.${key}`, before[key], after[key], renamed)),
  ];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** What a call has made is known by another name from now on. */
export function rename(renamed: Renamed, method: string, before: unknown, after: unknown): void {
  if (!method.startsWith('create_') && method !== 'snapshot_disk' && method !== 'update_disk') return;
  const [old, current] = [before, after].map((value) => (Array.isArray(value) ? value[0] : value));
  if (typeof old === 'string' && typeof current === 'string') renamed.set(old, current);
}

/** Arguments with what the recording's things are called now. */
export function withNewNames<T>(value: T, renamed: Renamed): T {
  if (typeof value === 'string') return (renamed.get(value) ?? value) as T;
  if (Array.isArray(value)) return value.map((one) => withNewNames(one, renamed)) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNewNames(inner, renamed)])) as T;
}
