import type { DeploymentPlan } from './plan.ts';

type Properties = Readonly<Record<string, unknown>>;
type Resolved = Pick<DeploymentPlan, 'releases' | 'stemcells'>;

/** The manifest with `latest` and its like replaced by the versions they mean. */
export function withResolvedVersions(manifest: Properties, { releases, stemcells }: Resolved): Properties {
  const releaseVersions = new Map(releases.map(({ name, version }) => [name, version]));
  const stemcellVersions = new Map(stemcells.map(({ alias, version }) => [alias, version]));
  return {
    ...manifest,
    ...(Array.isArray(manifest.releases)
      ? { releases: manifest.releases.map((entry) => withVersion(entry, 'name', releaseVersions)) }
      : {}),
    ...(Array.isArray(manifest.stemcells)
      ? { stemcells: manifest.stemcells.map((entry) => withVersion(entry, 'alias', stemcellVersions)) }
      : {}),
  };
}

function withVersion(entry: unknown, key: string, versions: ReadonlyMap<string, string>): unknown {
  if (typeof entry !== 'object' || entry === null) {
    return entry;
  }
  const version = versions.get(String((entry as Properties)[key]));
  return version === undefined ? entry : { ...entry, version };
}
