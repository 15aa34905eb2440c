import { ExpectedError, readIfThere, writeFileAtomic } from '@boti/core';
import { dumpYaml } from '../yaml/dump-yaml.ts';
import { parseYaml } from '../yaml/load-yaml.ts';
import { keyText } from '../yaml/plain.ts';
import { isMap, kindOf, OrderedMap, type YamlKey, type YamlValue } from '../yaml/yaml-value.ts';

/** Values that were generated, or will be. */
export interface VarsStore {
  names(): Promise<readonly string[]>;
  get(name: string): Promise<YamlValue | undefined>;
  /** Keeps a generated value; it is safe once this returns. */
  set(name: string, value: YamlValue): Promise<void>;
}

/** The file of `--vars-store`, mode 0600, read at first use and written after each value. */
// BOSH: bosh-cli creates it with mode 0644.
export function varsStoreFile(path: string): VarsStore {
  let loading: Promise<Map<string, YamlValue>> | undefined;
  const load = (): Promise<Map<string, YamlValue>> => {
    loading ??= readStore(path);
    return loading;
  };
  return {
    names: async () => [...(await load()).keys()],
    get: async (name) => (await load()).get(name),
    async set(name, value) {
      const values = await load();
      const written = new Map<YamlKey, YamlValue>(values).set(name, value);
      await writeFileAtomic(path, dumpYaml(written), 0o600);
      values.set(name, value instanceof OrderedMap ? new Map(value) : value);
    },
  };
}

async function readStore(path: string): Promise<Map<string, YamlValue>> {
  const text = await readIfThere(path);
  if (text === undefined) return new Map();
  const { value } = parseYaml(text, { file: path, topKeysAsText: true });
  if (value === null) return new Map();
  if (!isMap(value)) throw new ExpectedError(`Variables store '${path}' must be a map, but is ${kindOf(value)}`);
  return new Map([...value].map(([key, item]) => [keyText(key), item]));
}
