import {
  CompilationConfigBadVmConfiguration,
  CompilationConfigInvalidAvailabilityZone,
  CompilationConfigInvalidVmExtension,
  CompilationConfigInvalidVmType,
  CompilationConfigUnknownNetwork,
} from '../../errors.ts';
import type { NetworkSpec } from '../networks/network-spec.ts';
import { type Properties, SpecReader } from './spec-reader.ts';
import { parseVmResources, type VmChoice } from './vm-choice.ts';

export interface CompilationSpec {
  readonly workers: number;
  readonly reuseVms: boolean;
  readonly orphanWorkers: boolean;
  readonly network: NetworkSpec;
  readonly az: string | null;
  readonly vm: VmChoice;
  readonly vmExtensions: readonly string[];
  readonly env: Properties;
}

interface Known {
  readonly azs: ReadonlyMap<string, unknown>;
  readonly networks: ReadonlyMap<string, NetworkSpec>;
  readonly vmTypes: ReadonlyMap<string, unknown>;
  readonly vmExtensions: ReadonlyMap<string, unknown>;
}

export function parseCompilation(block: Properties, known: Known): CompilationSpec {
  const reader = new SpecReader(block);
  const workers = reader.integer('workers', { min: 1 });
  const networkName = reader.string('network');
  const network = known.networks.get(networkName);
  if (network === undefined) {
    throw new CompilationConfigUnknownNetwork(`Compilation config references an unknown network '${networkName}'`);
  }
  const vm = parseVm(reader, known);
  return {
    workers,
    network,
    vm,
    az: parseAz(reader, network, known),
    vmExtensions: parseExtensions(reader, known),
    reuseVms: reader.booleanOr('reuse_compilation_vms', false),
    orphanWorkers: reader.booleanOr('orphan_workers', false),
    env: reader.mapOr('env', {}),
  };
}

function parseVm(reader: SpecReader, known: Known): VmChoice {
  const choices = ['vm_type', 'vm_resources', 'cloud_properties'].filter((name) => reader.has(name));
  if (choices.length > 1) {
    throw new CompilationConfigBadVmConfiguration(
      `Compilation config specifies more than one of vm_type, vm_resources and cloud_properties: ${choices.join(', ')}`,
    );
  }
  if (reader.has('vm_resources')) {
    return parseVmResources(reader.map('vm_resources'));
  }
  const name = reader.stringOr('vm_type', undefined);
  if (name === undefined) {
    return { kind: 'cloud-properties', cloudProperties: reader.mapOr('cloud_properties', {}) };
  }
  if (!known.vmTypes.has(name)) {
    throw new CompilationConfigInvalidVmType(`Compilation config references unknown vm type '${name}'`);
  }
  return { kind: 'type', name };
}

function parseAz(reader: SpecReader, network: NetworkSpec, known: Known): string | null {
  const az = reader.stringOr('az', null);
  if (az !== null && !known.azs.has(az)) {
    throw new CompilationConfigInvalidAvailabilityZone(`Compilation config references unknown az '${az}'`);
  }
  const networkHasAzs = network.subnets.some((subnet) => subnet.azs !== null);
  if (networkHasAzs && az === null) {
    throw new CompilationConfigInvalidAvailabilityZone(
      `Compilation config refers to network '${network.name}' that has subnets with azs: specify 'az'`,
    );
  }
  if (networkHasAzs && !network.subnets.some((subnet) => subnet.azs?.includes(az ?? ''))) {
    throw new CompilationConfigInvalidAvailabilityZone(`Network '${network.name}' has no subnet in az '${az}'`);
  }
  return az;
}

function parseExtensions(reader: SpecReader, known: Known): readonly string[] {
  const names = reader.strings('vm_extensions');
  const unknown = names.find((name) => !known.vmExtensions.has(name));
  if (unknown !== undefined) {
    throw new CompilationConfigInvalidVmExtension(`Compilation config references unknown vm extension '${unknown}'`);
  }
  return names;
}
