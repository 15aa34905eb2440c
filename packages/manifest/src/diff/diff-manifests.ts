import { dumpYamlValue } from '../yaml/dump-yaml.ts';
import { fromPlain, keyText } from '../yaml/plain.ts';
import { equalValues, isList, isMap, type YamlKey, type YamlMap, type YamlValue } from '../yaml/yaml-value.ts';
import { inSections } from './diff-sections.ts';
import { redact } from './redact.ts';

/** A line of a diff as the Director answers it: its text with indentation, and whether it is new, gone or context. */
export type DiffLine = readonly [text: string, status: 'added' | 'removed' | null];

/** A value and what may be shown of it. Values are compared, what is shown is printed. */
interface Pair {
  readonly raw: YamlValue;
  readonly shown: YamlValue;
}

/**
 * What changes between two manifests or configs (plain values or those of parseYaml). Secrets under `properties` and
 * `bosh` are shown as `<redacted>` unless `redact` is false, but compared by their value.
 */
// BOSH: bosh-director manifest/changeset.rb, diff_lines.rb
export function diffManifests(
  before: unknown,
  after: unknown,
  options: { readonly redact?: boolean } = {},
): readonly DiffLine[] {
  const pair = (value: unknown): Pair => {
    const raw = fromPlain(value);
    return { raw, shown: options.redact === false ? raw : redact(raw) };
  };
  return inSections(diffMaps(pair(before), pair(after), 0));
}

function diffMaps(before: Pair, after: Pair, level: number): readonly DiffLine[] {
  const keys = new Set([...keysOf(before.raw), ...keysOf(after.raw)]);
  return [...keys].flatMap((key) => diffEntry(key, { before: child(before, key), after: child(after, key) }, level));
}

function keysOf(value: YamlValue): Iterable<YamlKey> {
  return isMap(value) ? value.keys() : [];
}

/** The value under a key; null counts as absent. */
function child({ raw, shown }: Pair, key: YamlKey): Pair | undefined {
  const value = isMap(raw) ? raw.get(key) : undefined;
  if (value === undefined || value === null) return undefined;
  return { raw: value, shown: (isMap(shown) ? shown.get(key) : undefined) ?? value };
}

interface Change {
  readonly before: Pair | undefined;
  readonly after: Pair | undefined;
}

function diffEntry(key: YamlKey, { before, after }: Change, level: number): readonly DiffLine[] {
  if (before !== undefined && after !== undefined) {
    if (equalValues(before.raw, after.raw)) return [];
    const isBoth = (test: (value: YamlValue) => boolean): boolean => test(before.raw) && test(after.raw);
    if (isBoth(isMap)) return under(key, diffMaps(before, after, level + 1), level);
    if (isBoth(isList)) return under(key, diffLists(itemsOf(before), itemsOf(after), level), level);
  }
  const dumped = (pair: Pair | undefined, status: 'added' | 'removed'): readonly DiffLine[] =>
    pair === undefined ? [] : dump(new Map([[key, pair.shown]]), status, level);
  return [...dumped(before, 'removed'), ...dumped(after, 'added')];
}

function under(key: YamlKey, lines: readonly DiffLine[], level: number): readonly DiffLine[] {
  return lines.length === 0 ? [] : [[`${indentation(level)}${keyText(key)}:`, null], ...lines];
}

function itemsOf({ raw, shown }: Pair): readonly Pair[] {
  if (!isList(raw)) return [];
  return raw.map((item, at) => ({ raw: item, shown: (isList(shown) ? shown[at] : undefined) ?? item }));
}

function diffLists(before: readonly Pair[], after: readonly Pair[], level: number): readonly DiffLine[] {
  const without = (items: readonly Pair[], others: readonly Pair[]): readonly Pair[] =>
    items.filter(({ raw }) => !others.some((other) => equalValues(raw, other.raw)));
  const [added, removed] = [without(after, before), without(before, after)];
  const identity = identityOf([...added, ...removed]);
  const gone = new Set(removed);
  const lines = added.flatMap((item) => {
    const former = identity && removed.find((other) => gone.has(other) && sameIdentity(identity, item, other));
    if (identity === undefined || former === undefined) return dump([item.shown], 'added', level);
    gone.delete(former);
    const inner = diffMaps(former, item, level + 1);
    return inner.length === 0 ? [] : [heading(identity, item, level), ...inner];
  });
  return [...lines, ...[...gone].flatMap((item) => dump([item.shown], 'removed', level))];
}

type Identity = 'name' | 'range';

/** The key by which all changed items can be told apart. */
function identityOf(items: readonly Pair[]): Identity | undefined {
  return (['name', 'range'] as const).find((key) => items.every(({ raw }) => isMap(raw) && raw.get(key) != null));
}

function sameIdentity(key: Identity, a: Pair, b: Pair): boolean {
  return equalValues(identifier(a, key), identifier(b, key));
}

function identifier({ raw }: Pair, key: Identity): YamlValue {
  return (raw as YamlMap).get(key) ?? null;
}

function heading(key: Identity, item: Pair, level: number): DiffLine {
  const [[text] = ['']] = dump([new Map([[key, identifier(item, key)]])], 'added', level);
  return [text, null];
}

function dump(value: YamlValue, status: 'added' | 'removed', level: number): readonly DiffLine[] {
  const text = dumpYamlValue(value, { sortKeys: false, dialect: 'psych' });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => [`${indentation(level)}${line}`, status]);
}

function indentation(level: number): string {
  return '  '.repeat(level);
}
