import {
  CloudConfigMergeError,
  CpiNotFound,
  DeploymentCanonicalNetworkNameTaken,
  DeploymentDuplicateAvailabilityZoneName,
  DeploymentDuplicateDiskTypeName,
  DeploymentDuplicateVmExtensionName,
  DeploymentDuplicateVmTypeName,
  DeploymentNoNetworks,
  DiskTypeInvalidDiskSize,
} from '../../errors.ts';
import { canonicalName } from '../canonical-name.ts';
import type { NetworkSpec } from '../networks/network-spec.ts';
import { type CompilationSpec, parseCompilation } from './compilation-block.ts';
import { type NetworkRules, parseNetwork } from './network.ts';
import { type Properties, SpecReader } from './spec-reader.ts';

export interface CloudConfig {
  readonly azs: ReadonlyMap<string, AzSpec>;
  readonly vmTypes: ReadonlyMap<string, Properties>;
  readonly vmExtensions: ReadonlyMap<string, Properties>;
  readonly diskTypes: ReadonlyMap<string, DiskTypeSpec>;
  readonly networks: ReadonlyMap<string, NetworkSpec>;
  readonly compilation: CompilationSpec;
}

interface AzSpec {
  readonly name: string;
  readonly cpi: string;
  readonly cloudProperties: Properties;
}

interface DiskTypeSpec {
  readonly name: string;
  readonly sizeMib: number;
  readonly cloudProperties: Properties;
}

export interface CloudConfigRules extends NetworkRules {
  /** Names of the CPI config's entries; null without such a config. */
  readonly cpis: readonly string[] | null;
}

/** Several cloud configs count as one: their lists are joined. */
export function parseCloudConfigs(configs: readonly unknown[], rules: CloudConfigRules): CloudConfig {
  const parts = configs.map((config) => new SpecReader(config));
  const readers = (name: string) => parts.flatMap((part) => part.readers(name));
  const azs = byName(
    readers('azs').map((reader) => parseAz(reader, rules.cpis)),
    azTaken,
  );
  const networks = readers('networks').map((reader) => parseNetwork(reader, [...azs.keys()], rules));
  if (networks.length === 0) {
    throw new DeploymentNoNetworks('No networks specified: upload a cloud config that lists at least one network');
  }
  checkCanonicalNames(networks);
  const named = { azs, networks: new Map(networks.map((network) => [network.name, network])) };
  const vmTypes = propertiesByName(readers('vm_types'), vmTypeTaken);
  const vmExtensions = propertiesByName(readers('vm_extensions'), extensionTaken);
  const diskTypes = byName(readers('disk_types').map(parseDiskType), diskTypeTaken);
  const compilation = parseCompilation(compilationBlock(parts), { ...named, vmTypes, vmExtensions });
  return { ...named, vmTypes, vmExtensions, diskTypes, compilation };
}

const azTaken = (name: string) => new DeploymentDuplicateAvailabilityZoneName(`Duplicate az name '${name}'`);
const vmTypeTaken = (name: string) => new DeploymentDuplicateVmTypeName(`Duplicate vm type name '${name}'`);
const extensionTaken = (name: string) =>
  new DeploymentDuplicateVmExtensionName(`Duplicate vm extension name '${name}'`);
const diskTypeTaken = (name: string) => new DeploymentDuplicateDiskTypeName(`Duplicate disk type name '${name}'`);

function byName<Item extends { readonly name: string }>(
  items: readonly Item[],
  taken: (name: string) => Error,
): ReadonlyMap<string, Item> {
  const map = new Map<string, Item>();
  for (const item of items) {
    if (map.has(item.name)) {
      throw taken(item.name);
    }
    map.set(item.name, item);
  }
  return map;
}

function propertiesByName(
  readers: readonly SpecReader[],
  taken: (name: string) => Error,
): ReadonlyMap<string, Properties> {
  const items = readers.map((reader) => ({
    name: reader.string('name'),
    cloudProperties: reader.mapOr('cloud_properties', {}),
  }));
  return new Map([...byName(items, taken)].map(([name, item]) => [name, item.cloudProperties]));
}

function parseAz(reader: SpecReader, cpis: readonly string[] | null): AzSpec {
  const name = reader.string('name');
  const cpi = reader.stringOr('cpi', '');
  if (cpis !== null && !cpis.includes(cpi)) {
    throw new CpiNotFound(
      cpi === ''
        ? `AZ '${name}' must name a CPI, because a CPI config exists`
        : `CPI '${cpi}' of AZ '${name}' is not in the CPI config`,
    );
  }
  return { name, cpi, cloudProperties: reader.mapOr('cloud_properties', {}) };
}

function parseDiskType(reader: SpecReader): DiskTypeSpec {
  const name = reader.string('name');
  const sizeMib = reader.integer('disk_size');
  if (sizeMib < 0) {
    throw new DiskTypeInvalidDiskSize(`Disk type '${name}' references an invalid persistent disk size '${sizeMib}'`);
  }
  return { name, sizeMib, cloudProperties: reader.mapOr('cloud_properties', {}) };
}

function checkCanonicalNames(networks: readonly NetworkSpec[]): void {
  const taken = new Map<string, string>();
  for (const { name } of networks) {
    const other = taken.get(canonicalName(name));
    if (other !== undefined) {
      throw new DeploymentCanonicalNetworkNameTaken(
        `Invalid network name '${name}', canonical name already taken by '${other}'`,
      );
    }
    taken.set(canonicalName(name), name);
  }
}

function compilationBlock(parts: readonly SpecReader[]): Properties {
  const withBlock = parts.filter((part) => part.has('compilation'));
  if (withBlock.length > 1) {
    throw new CloudConfigMergeError("Cloud config 'compilation' key cannot be defined in multiple cloud configs");
  }
  const owner = withBlock[0] ?? new SpecReader(Object.assign({}, ...parts.map((part) => part.source)));
  return owner.map('compilation');
}
