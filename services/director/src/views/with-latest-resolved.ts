import { isLatestPattern, resolveVersion } from '@boti/release';

type Properties = Readonly<Record<string, unknown>>;

/** What is uploaded, as far as `latest` has to be told from it. */
export interface Uploaded {
  readonly releases: readonly { readonly release: string; readonly version: string }[];
  readonly stemcells: readonly {
    readonly name: string;
    readonly operatingSystem: string;
    readonly version: string;
  }[];
}

/**
 * The manifest with `latest` and its like replaced by the versions they mean now, so that a manifest which asks for
 * `latest` does not differ from what it was deployed as. A name that is not there stays: the deploy tells of it.
 */
export function withLatestResolved(manifest: Properties, uploaded: Uploaded): Properties {
  return {
    ...manifest,
    ...resolved(manifest, 'releases', ({ name }) =>
      uploaded.releases.filter(({ release }) => release === name).map(({ version }) => version),
    ),
    ...resolved(manifest, 'stemcells', ({ name, os }) =>
      uploaded.stemcells
        .filter((stemcell) => (os === undefined ? stemcell.name === name : stemcell.operatingSystem === os))
        .map(({ version }) => version),
    ),
  };
}

function resolved(manifest: Properties, key: string, available: (entry: Properties) => readonly string[]): Properties {
  const entries = manifest[key];
  if (!Array.isArray(entries)) return {};
  const resolve = (entry: unknown): unknown => {
    if (!isProperties(entry) || typeof entry.version !== 'string' || !isLatestPattern(entry.version)) return entry;
    const version = resolveVersion(entry.version, available(entry));
    return version === undefined ? entry : { ...entry, version };
  };
  return { [key]: entries.map(resolve) };
}

const isProperties = (value: unknown): value is Properties => typeof value === 'object' && value !== null;
