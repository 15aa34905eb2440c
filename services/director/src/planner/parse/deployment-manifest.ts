import {
  DeploymentCanonicalJobNameTaken,
  DeploymentInvalidMigratedFromJob,
  DeploymentInvalidProperty,
  V1DeprecatedDiskPools,
  V1DeprecatedJob,
  V1DeprecatedNetworks,
  V1DeprecatedResourcePools,
} from '../../errors.ts';
import { canonicalName } from '../canonical-name.ts';
import type { UpdatePolicy } from '../plan.ts';
import { type AddonSpec, parseAddon } from './addon.ts';
import type { CloudConfig } from './cloud-config.ts';
import { type Features, parseFeatures } from './features.ts';
import { type InstanceGroupSpec, parseInstanceGroup } from './instance-group.ts';
import { parseReleases, type ReleaseReference } from './releases.ts';
import { type Properties, SpecReader } from './spec-reader.ts';
import { parseStemcells, type StemcellReference } from './stemcells.ts';
import { parseTags } from './tags.ts';
import { parseUpdate, type VmStrategy } from './update-block.ts';

export interface DeploymentSpec {
  readonly name: string;
  readonly releases: readonly ReleaseReference[];
  readonly stemcells: readonly StemcellReference[];
  readonly update: UpdatePolicy;
  readonly groups: readonly InstanceGroupSpec[];
  readonly addons: readonly AddonSpec[];
  readonly features: Features;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Properties;
  readonly warnings: readonly string[];
}

export interface ManifestRules {
  readonly defaultVmStrategy: VmStrategy;
  readonly useDnsAddresses: boolean;
}

export function parseDeploymentManifest(manifest: unknown, cloud: CloudConfig, rules: ManifestRules): DeploymentSpec {
  const reader = new SpecReader(manifest);
  rejectOldKeys(reader);
  const name = reader.nonEmptyString('name');
  canonicalName(name);
  const releases = parseReleases(reader);
  const stemcells = parseStemcells(reader);
  const update = parseUpdate(reader.map('update'), rules.defaultVmStrategy);
  const surroundings = { update, cloud, stemcellAliases: stemcells.map(({ alias }) => alias) };
  const groups = reader.listOr('instance_groups', []).map((group) => parseInstanceGroup(group, surroundings));
  checkGroupNames(groups);
  checkMigrations(groups);
  return {
    name,
    releases,
    stemcells,
    update,
    groups,
    addons: reader.readers('addons').map((addon) => parseAddon(addon, 'deployment')),
    features: parseFeatures(reader.mapOr('features', {}), rules.useDnsAddresses),
    tags: parseTags(reader),
    properties: reader.mapOr('properties', {}),
    warnings: reader.has('properties')
      ? ["Global 'properties' are deprecated. Please define 'properties' at the job level."]
      : [],
  };
}

function rejectOldKeys(reader: SpecReader): void {
  const moved = ['vm_types', 'azs', 'disk_types', 'compilation'].filter((key) => reader.has(key));
  if (moved.length > 0) {
    throw new DeploymentInvalidProperty(
      `Deployment manifest contains '${moved.join("', '")}', which can be specified only in cloud-config`,
    );
  }
  if (reader.has('networks')) {
    throw new V1DeprecatedNetworks(
      "Deployment 'networks' are no longer supported. Network definitions must now be provided in a cloud-config.",
    );
  }
  if (reader.has('disk_pools')) {
    throw new V1DeprecatedDiskPools(
      "'disk_pools' are no longer supported. Disk definitions must now be provided as 'disk_types' in a cloud-config.",
    );
  }
  if (reader.has('jobs')) {
    throw new V1DeprecatedJob('Jobs are no longer supported, please use instance groups instead');
  }
  if (reader.has('resource_pools')) {
    throw new V1DeprecatedResourcePools(
      "'resource_pools' are no longer supported. VM definitions must now be provided as 'vm_types' in a cloud-config.",
    );
  }
}

function checkGroupNames(groups: readonly InstanceGroupSpec[]): void {
  const taken = new Map<string, string>();
  for (const { name } of groups) {
    const canonical = canonicalName(name);
    const other = taken.get(canonical);
    if (other !== undefined) {
      throw new DeploymentCanonicalJobNameTaken(
        `Invalid instance group name '${name}', canonical name already taken${other === name ? '' : ` by '${other}'`}`,
      );
    }
    taken.set(canonical, name);
  }
}

function checkMigrations(groups: readonly InstanceGroupSpec[]): void {
  const targets = new Map<string, string>();
  for (const group of groups) {
    for (const { name } of group.migratedFrom) {
      const other = targets.get(name);
      if (other !== undefined) {
        throw new DeploymentInvalidMigratedFromJob(
          `Failed to migrate instance group '${name}' to '${group.name}'. A single instance group cannot be migrated to multiple groups: '${other}' takes it too`,
        );
      }
      if (name !== group.name && groups.some((candidate) => candidate.name === name)) {
        throw new DeploymentInvalidMigratedFromJob(
          `Failed to migrate instance group '${name}' to '${group.name}': '${name}' is still in the deployment manifest`,
        );
      }
      targets.set(name, group.name);
    }
  }
}
