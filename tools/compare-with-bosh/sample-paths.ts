import type { YamlValue } from '@boti/manifest';

/** Paths to values of all kinds and depths, evenly spread over the document; list items by name where they have one. */
export function samplePaths(document: YamlValue, count: number): readonly string[] {
  const all = [...pathsIn(document, '')];
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, at) => at % step === 0);
}

function* pathsIn(value: YamlValue, path: string): Generator<string> {
  if (path !== '') yield path;
  for (const [step, item] of stepsOf(value)) yield* pathsIn(item, `${path}/${step}`);
}

type Step = readonly [step: string, value: YamlValue];

function stepsOf(value: YamlValue): readonly Step[] {
  if (Array.isArray(value)) return (value as readonly YamlValue[]).map((item, at) => [stepTo(item, at), item]);
  if (!(value instanceof Map)) return [];
  const entries = [...(value as ReadonlyMap<unknown, YamlValue>)];
  return entries.flatMap(([key, item]) => (typeof key === 'string' ? [[escaped(key), item] as const] : []));
}

function stepTo(item: YamlValue, at: number): string {
  const name = item instanceof Map ? item.get('name') : undefined;
  return typeof name === 'string' && at % 3 > 0 ? `name=${escaped(name)}` : String(at);
}

function escaped(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll(':', '~7');
}
