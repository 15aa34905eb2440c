type Properties = Readonly<Record<string, unknown>>;

export interface ManifestParts {
  readonly manifest: Properties;
  readonly cloudConfigs: readonly Properties[];
  readonly runtimeConfigs: readonly Properties[];
  readonly deployment: { readonly name: string; readonly teams: readonly string[] };
}

/** A manifest and its configs as the one document that a deploy's diff compares. */
// BOSH: manifest.rb to_hash, filter_addons
export function diffableManifest({ manifest, cloudConfigs, runtimeConfigs, deployment }: ManifestParts): Properties {
  const cloud = cloudConfigs.reduce(concatenated, {});
  const runtime = runtimeConfigs.reduce(concatenated, {});
  const merged: Record<string, unknown> = { ...manifest, ...cloud };
  if (runtime.releases === undefined) return merged;
  const addons = listOf(runtime.addons).filter((addon) => applies(addon, deployment));
  const used = new Set(addons.flatMap((addon) => listOf(addon.jobs).map((job) => job.release)));
  const releases = listOf(runtime.releases).filter((release) => used.has(release.name));
  append(merged, 'releases', releases);
  append(merged, 'addons', addons);
  append(merged, 'variables', listOf(runtime.variables));
  const tags = runtime.tags;
  if (isProperties(tags)) merged.tags = { ...tags, ...(isProperties(merged.tags) ? merged.tags : {}) };
  return merged;
}

/** Lists of several configs follow each other; of other keys the last one counts. */
function concatenated(into: Properties, config: Properties): Properties {
  const result: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(config)) {
    const present = result[key];
    result[key] = Array.isArray(present) && Array.isArray(value) ? [...present, ...value] : value;
  }
  return result;
}

function append(merged: Record<string, unknown>, key: string, items: readonly Properties[]): void {
  const present = listOf(merged[key]);
  const added = items.filter((item) => !present.some((other) => JSON.stringify(other) === JSON.stringify(item)));
  if (added.length > 0) merged[key] = [...present, ...added];
}

/** The filters that can be judged without looking at instance groups. */
function applies(addon: Properties, deployment: ManifestParts['deployment']): boolean {
  const { include, exclude } = addon;
  if (isProperties(include) && !(matches(include, deployment) ?? true)) return false;
  return !(isProperties(exclude) && isOnlyAboutDeployments(exclude) && matches(exclude, deployment));
}

function isOnlyAboutDeployments(filter: Properties): boolean {
  return Object.keys(filter).every((key) => key === 'deployments' || key === 'teams');
}

/** Undefined: the filter says nothing of deployments. */
function matches(filter: Properties, { name, teams }: ManifestParts['deployment']): boolean | undefined {
  const { deployments, teams: wantedTeams } = filter;
  if (Array.isArray(deployments) && !deployments.includes(name)) return false;
  if (Array.isArray(wantedTeams) && !wantedTeams.some((team) => teams.includes(String(team)))) return false;
  return deployments === undefined && wantedTeams === undefined ? undefined : true;
}

function listOf(value: unknown): readonly Properties[] {
  return Array.isArray(value) ? value.filter(isProperties) : [];
}

function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
