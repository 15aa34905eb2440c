import { placeholdersIn, placeholdersInValue, type YamlValue } from '@boti/manifest';

/** What variables may hold: each has its own way of being written. */
const samples: readonly unknown[] = [
  'text',
  'two words',
  42,
  true,
  null,
  '10',
  'yes',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  'line\nwithout end',
  'a long text that has to be folded because it is longer than eighty columns, and has: colons # and hashes',
  ['z1', 'z2'],
  '*.sys.example.com',
  3.5,
  { nested: { key: [1, '2', false] }, other: 'é ☺ 😀' },
  '',
  "it's",
  '"quoted"',
  18446744073709551615n,
];

/** A value for every variable of a document and those `defined`: text, or of a different kind each where any may be. */
export function exampleVariables(
  value: YamlValue,
  kind: 'mixed' | 'text',
  defined: readonly string[] = [],
): ReadonlyMap<string, unknown> {
  const names = [...new Set([...placeholdersInValue(value), ...defined])].toSorted();
  const within = namesWithinText(value);
  const variables = new Map<string, unknown>();
  for (const [at, name] of names.entries()) {
    const [root = '', ...steps] = name.split('.');
    const sample = kind === 'text' || within.has(name) ? `${root}-value` : samples[at % samples.length];
    put(variables, [root, ...steps], sample);
  }
  return variables;
}

function put(map: Map<string, unknown>, [first = '', ...rest]: readonly string[], sample: unknown): void {
  if (rest.length === 0) {
    if (!(map.get(first) instanceof Map)) map.set(first, sample);
    return;
  }
  const inner = map.get(first);
  const next = inner instanceof Map ? (inner as Map<string, unknown>) : new Map<string, unknown>();
  map.set(first, next);
  put(next, rest, sample);
}

/** Names of which the value becomes a part of a longer text, or a key. */
function namesWithinText(value: YamlValue): ReadonlySet<string> {
  if (typeof value === 'string') return new Set(/^\(\([^()]*\)\)$/.test(value) ? [] : placeholdersIn(value));
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<unknown, YamlValue>)];
    const keys = entries.flatMap(([key]) => (typeof key === 'string' ? placeholdersIn(key) : []));
    return new Set([...keys, ...entries.flatMap(([, item]) => [...namesWithinText(item)])]);
  }
  return new Set(
    Array.isArray(value) ? (value as readonly YamlValue[]).flatMap((item) => [...namesWithinText(item)]) : [],
  );
}
