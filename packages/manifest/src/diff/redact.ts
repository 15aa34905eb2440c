import { isList, isMap, type YamlKey, type YamlMap, type YamlValue } from '../yaml/yaml-value.ts';

const redacted = '<redacted>';
const secretKeys: ReadonlySet<YamlKey> = new Set(['properties', 'bosh']);

/** The value with every leaf below a map called `properties` or `bosh`, and credentials in release URLs, hidden. */
// BOSH: bosh-director manifest/redactor.rb
export function redact(value: YamlValue): YamlValue {
  if (isList(value)) return value.map(redact);
  if (!isMap(value)) return value;
  return mapEntries(value, (key, item) => {
    if (secretKeys.has(key) && isMap(item)) return hideLeaves(item);
    if (key === 'releases' && isList(item)) return item.map(redactRelease);
    return redact(item);
  });
}

function hideLeaves(value: YamlValue): YamlValue {
  if (isList(value)) return value.map(hideLeaves);
  return isMap(value) ? mapEntries(value, (_key, item) => hideLeaves(item)) : redacted;
}

function redactRelease(release: YamlValue): YamlValue {
  if (!isMap(release)) return release;
  return mapEntries(release, (key, item) =>
    key === 'url' && typeof item === 'string' ? withoutCredentials(item) : redact(item),
  );
}

function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*@/, (userinfo) =>
    userinfo.includes(':') ? `//${redacted}:${redacted}@` : `//${redacted}@`,
  );
}

function mapEntries(map: YamlMap, change: (key: YamlKey, value: YamlValue) => YamlValue): YamlMap {
  return new Map([...map].map(([key, value]) => [key, change(key, value)]));
}
