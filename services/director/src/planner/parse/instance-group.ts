import {
  DeploymentInvalidMigratedFromJob,
  InstanceGroupBadVmConfiguration,
  InstanceGroupInvalidInstanceState,
  InstanceGroupInvalidState,
  InstanceGroupUnknownStemcell,
  InstanceGroupUnknownVmType,
  JobInvalidAvailabilityZone,
  JobInvalidLifecycle,
  JobMissingAvailabilityZones,
  JobUnknownAvailabilityZone,
  V1DeprecatedDiskPools,
  V1DeprecatedResourcePool,
} from '../../errors.ts';
import { canonicalName } from '../canonical-name.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { UpdatePolicy } from '../plan.ts';
import type { CloudConfig } from './cloud-config.ts';
import { type GroupJobSpec, parseGroupJobs } from './group-jobs.ts';
import { type GroupNetworkSpec, parseGroupNetworks } from './group-networks.ts';
import { type GroupDisk, parsePersistentDisks } from './persistent-disks.ts';
import { type Properties, SpecReader } from './spec-reader.ts';
import { parseTags } from './tags.ts';
import { parseGroupUpdate } from './update-block.ts';
import { parseVmResources, type VmChoice } from './vm-choice.ts';

export interface InstanceGroupSpec {
  readonly name: string;
  readonly lifecycle: 'service' | 'errand';
  readonly instances: number;
  /** Null: the group knows no AZs. */
  readonly azs: readonly string[] | null;
  readonly jobs: readonly GroupJobSpec[];
  readonly properties: Properties;
  readonly vm: VmChoice;
  readonly vmExtensions: readonly string[];
  /** Alias of one of the deployment's stemcells. */
  readonly stemcell: string;
  readonly persistentDisks: readonly GroupDisk[];
  readonly networks: readonly GroupNetworkSpec[];
  readonly env: Properties;
  readonly update: UpdatePolicy;
  readonly migratedFrom: readonly MigrationSource[];
  readonly state: GroupState | null;
  /** Index → state. */
  readonly instanceStates: Readonly<Record<string, GroupState>>;
  readonly tags: Readonly<Record<string, string>>;
}

interface MigrationSource {
  readonly name: string;
  readonly az: string | null;
}

const lifecycles = ['service', 'errand'] as const;
const groupStates = ['started', 'stopped', 'detached', 'recreate', 'restart'] as const;
export type GroupState = (typeof groupStates)[number];

interface Surroundings {
  readonly update: UpdatePolicy;
  readonly cloud: CloudConfig;
  readonly stemcellAliases: readonly string[];
}

export function parseInstanceGroup(
  source: unknown,
  { update, cloud, stemcellAliases }: Surroundings,
): InstanceGroupSpec {
  const reader = new SpecReader(source);
  const name = reader.nonEmptyString('name');
  canonicalName(name);
  rejectOldKeys(reader, name);
  const lifecycle = parseLifecycle(reader, name);
  const instances = reader.integer('instances', { min: 0 });
  const azs = parseAzs(reader, name, cloud);
  const jobs = parseGroupJobs(reader, name);
  return {
    name,
    lifecycle,
    instances,
    azs,
    jobs,
    properties: reader.mapOr('properties', {}),
    vm: parseVm(reader, name, cloud),
    vmExtensions: parseExtensions(reader, name, cloud),
    stemcell: parseStemcell(reader, name, stemcellAliases),
    persistentDisks: parsePersistentDisks(reader, name, cloud),
    networks: parseGroupNetworks(reader, { name, instances, azs }, cloud.networks),
    env: reader.mapOr('env', {}),
    update: parseGroupUpdate(reader.mapOr('update', {}), update),
    migratedFrom: parseMigratedFrom(reader, name, azs),
    state: parseState(reader, name),
    instanceStates: parseInstanceStates(reader, name),
    tags: parseTags(reader),
  };
}

function rejectOldKeys(reader: SpecReader, group: string): void {
  if (reader.has('resource_pool')) {
    throw new V1DeprecatedResourcePool(
      `Instance group '${group}' specifies 'resource_pool', which is no longer supported: use 'vm_type' and 'stemcell'`,
    );
  }
  if (reader.has('persistent_disk_pool')) {
    throw new V1DeprecatedDiskPools(
      `Instance group '${group}' specifies 'persistent_disk_pool', which is no longer supported: use 'persistent_disk_type'`,
    );
  }
}

function parseLifecycle(reader: SpecReader, group: string): 'service' | 'errand' {
  const text = reader.stringOr('lifecycle', 'service');
  const lifecycle = lifecycles.find((candidate) => candidate === text);
  if (lifecycle === undefined) {
    throw new JobInvalidLifecycle(
      `Invalid lifecycle type '${text}' for instance group '${group}', valid types are: ${lifecycles.join(', ')}`,
    );
  }
  return lifecycle;
}

function parseAzs(reader: SpecReader, group: string, cloud: CloudConfig): readonly string[] | null {
  const azs = reader.listOr('azs', null);
  if (azs === null) {
    return null;
  }
  if (azs.length === 0) {
    throw new JobMissingAvailabilityZones(`Instance group '${group}' has empty availability zones`);
  }
  return azs.map((az) => {
    if (typeof az !== 'string') {
      throw new JobInvalidAvailabilityZone(
        `Instance group '${group}' has invalid availability zone '${String(az)}', string expected`,
      );
    }
    if (!cloud.azs.has(az)) {
      throw new JobUnknownAvailabilityZone(
        `Instance group '${group}' references unknown availability zone '${az}'`,
        didYouMean(az, cloud.azs.keys()),
      );
    }
    return az;
  });
}

function parseVm(reader: SpecReader, group: string, cloud: CloudConfig): VmChoice {
  if (reader.has('vm_type') === reader.has('vm_resources')) {
    throw new InstanceGroupBadVmConfiguration(
      `Instance group '${group}' must specify exactly one of 'vm_type' and 'vm_resources'`,
    );
  }
  if (reader.has('vm_resources')) {
    return parseVmResources(reader.map('vm_resources'));
  }
  const name = reader.string('vm_type');
  if (!cloud.vmTypes.has(name)) {
    throw new InstanceGroupUnknownVmType(
      `Instance group '${group}' references an unknown vm type '${name}'`,
      didYouMean(name, cloud.vmTypes.keys()),
    );
  }
  return { kind: 'type', name };
}

function parseExtensions(reader: SpecReader, group: string, cloud: CloudConfig): readonly string[] {
  const names = reader.strings('vm_extensions');
  const unknown = names.find((name) => !cloud.vmExtensions.has(name));
  if (unknown !== undefined) {
    throw new InstanceGroupBadVmConfiguration(
      `Instance group '${group}' references an unknown vm extension '${unknown}'`,
    );
  }
  return names;
}

function parseStemcell(reader: SpecReader, group: string, aliases: readonly string[]): string {
  const alias = reader.string('stemcell');
  if (!aliases.includes(alias)) {
    throw new InstanceGroupUnknownStemcell(
      `Instance group '${group}' references an unknown stemcell '${alias}'`,
      didYouMean(alias, aliases),
    );
  }
  return alias;
}

function parseMigratedFrom(
  reader: SpecReader,
  group: string,
  azs: readonly string[] | null,
): readonly MigrationSource[] {
  return reader.readers('migrated_from').map((entry) => {
    const source = { name: entry.string('name'), az: entry.stringOr('az', null) };
    if (source.az !== null && !azs?.includes(source.az)) {
      throw new DeploymentInvalidMigratedFromJob(
        `Instance group '${source.name}' specified for migration to instance group '${group}' refers to availability zone '${source.az}', which '${group}' does not list`,
      );
    }
    return source;
  });
}

function parseState(reader: SpecReader, group: string): GroupState | null {
  const text = reader.stringOr('state', null);
  if (text === null) {
    return null;
  }
  const state = groupStates.find((candidate) => candidate === text);
  if (state === undefined) {
    throw new InstanceGroupInvalidState(
      `Invalid state '${text}' for '${group}', valid states are: ${groupStates.join(', ')}`,
    );
  }
  return state;
}

function parseInstanceStates(reader: SpecReader, group: string): Readonly<Record<string, GroupState>> {
  const entries = Object.entries(reader.mapOr('instance_states', {})).map(([instance, text]) => {
    const state = groupStates.find((candidate) => candidate === text);
    if (state === undefined) {
      throw new InstanceGroupInvalidInstanceState(
        `Invalid state '${String(text)}' for '${group}/${instance}', valid states are: ${groupStates.join(', ')}`,
      );
    }
    return [instance, state] as const;
  });
  return Object.fromEntries(entries);
}
