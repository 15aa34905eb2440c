import { RuntimeInvalidDeploymentRelease, UnnumberedFailure } from '../errors.ts';
import type { AddonFilter, AddonSpec } from './parse/addon.ts';
import type { DeploymentSpec } from './parse/deployment-manifest.ts';
import type { InstanceGroupSpec } from './parse/instance-group.ts';
import type { ReleaseReference } from './parse/releases.ts';
import { checkAddonReleases, type RuntimeConfig } from './parse/runtime-config.ts';

interface Surroundings {
  readonly runtime: RuntimeConfig;
  readonly teams: readonly string[];
  /** Stemcell alias → operating system. */
  readonly systems: ReadonlyMap<string, string>;
}

export interface WithAddons {
  readonly groups: readonly InstanceGroupSpec[];
  /** The deployment's, then those of the runtime config that some addon uses here. */
  readonly releases: readonly ReleaseReference[];
}

/** Adds the jobs of all addons that apply: the manifest's own first, then the runtime config's in order. */
export function applyAddons(deployment: DeploymentSpec, { runtime, teams, systems }: Surroundings): WithAddons {
  checkAddonReleases(deployment.addons, deployment.releases);
  const scene: Scene = { deployment: deployment.name, teams, systems };
  const own = deployment.addons.reduce((groups, addon) => withAddon(groups, addon, scene), deployment.groups);
  const used = new Set<string>();
  const groups = runtime.addons.reduce((current, addon) => {
    const next = withAddon(current, addon, scene);
    if (next.some((group, index) => group !== current[index])) {
      addon.jobs.forEach((job) => {
        used.add(job.release);
      });
    }
    return next;
  }, own);
  return { groups, releases: withRuntimeReleases(deployment, runtime, used) };
}

interface Scene {
  readonly deployment: string;
  readonly teams: readonly string[];
  readonly systems: ReadonlyMap<string, string>;
}

function withAddon(groups: readonly InstanceGroupSpec[], addon: AddonSpec, scene: Scene): readonly InstanceGroupSpec[] {
  return groups.map((group) => (applies(addon, group, scene) ? withJobs(group, addon) : group));
}

function withJobs(group: InstanceGroupSpec, addon: AddonSpec): InstanceGroupSpec {
  for (const job of addon.jobs) {
    if (group.jobs.some(({ name }) => name === job.name)) {
      throw new UnnumberedFailure(
        `Colocated job '${job.name}' is already added to the instance group '${group.name}': addon '${addon.name}' adds it again`,
      );
    }
  }
  const added = addon.jobs.map((job) => ({ ...job, properties: job.properties ?? addon.properties }));
  return { ...group, jobs: [...group.jobs, ...added] };
}

function applies(addon: AddonSpec, group: InstanceGroupSpec, scene: Scene): boolean {
  const isExcluded = !isEmpty(addon.exclude) && matches(addon.exclude, group, scene);
  return addon.jobs.length > 0 && matches(addon.include, group, scene) && !isExcluded;
}

function isEmpty(filter: AddonFilter): boolean {
  return Object.values(filter).every((value) => value === null);
}

/** All given keys must match; in each, any entry. */
function matches(filter: AddonFilter, group: InstanceGroupSpec, scene: Scene): boolean {
  const os = scene.systems.get(group.stemcell) ?? '';
  const jobs = filter.jobs?.some((job) =>
    group.jobs.some((has) => has.name === job.name && has.release === job.release),
  );
  return (
    anyOf(filter.deployments, [scene.deployment]) &&
    anyOf(filter.teams, scene.teams) &&
    anyOf(filter.instanceGroups, [group.name]) &&
    anyOf(filter.stemcells, [os]) &&
    anyOf(
      filter.networks,
      group.networks.map(({ network }) => network.name),
    ) &&
    anyOf(filter.azs, group.azs ?? []) &&
    (filter.lifecycle === null || filter.lifecycle === group.lifecycle) &&
    (jobs ?? true)
  );
}

function anyOf(filter: readonly string[] | null, values: readonly string[]): boolean {
  return filter === null || filter.some((entry) => values.includes(entry));
}

function withRuntimeReleases(
  deployment: DeploymentSpec,
  runtime: RuntimeConfig,
  used: ReadonlySet<string>,
): readonly ReleaseReference[] {
  const added = runtime.releases.filter(({ name, version }) => {
    const own = deployment.releases.find((release) => release.name === name);
    if (used.has(name) && own !== undefined && own.version !== version) {
      throw new RuntimeInvalidDeploymentRelease(
        `Runtime manifest specifies release '${name}' with version as '${version}'. This conflicts with version '${own.version}' specified in the deployment manifest.`,
      );
    }
    return used.has(name) && own === undefined;
  });
  return [...deployment.releases, ...added];
}
