import type { DeployOptions } from './plan.ts';
import type { PlanRequest } from './plan-request.ts';
import type {
  InstanceSnapshot,
  ReleaseJob,
  ReleasePackage,
  ReleaseSnapshot,
  Snapshot,
  StemcellSnapshot,
  StoredSpec,
  VmSnapshot,
} from './snapshot.ts';

type Properties = Readonly<Record<string, unknown>>;

export function aCloudConfig(overrides: Properties = {}): Properties {
  return {
    azs: [
      { name: 'z1', cloud_properties: { zone: 'a' } },
      { name: 'z2', cloud_properties: { zone: 'b' } },
    ],
    vm_types: [{ name: 'small', cloud_properties: { ram: 512 } }],
    vm_extensions: [{ name: 'ext', cloud_properties: { ext: true } }],
    disk_types: [{ name: 'd1', disk_size: 1024, cloud_properties: { kind: 'ssd' } }],
    networks: [aNetwork()],
    compilation: { workers: 2, az: 'z1', vm_type: 'small', network: 'default' },
    ...overrides,
  };
}

export function aNetwork(overrides: Properties = {}): Properties {
  const subnet = (third: number, az: string) => ({
    azs: [az],
    range: `10.10.${third}.0/24`,
    gateway: `10.10.${third}.1`,
    dns: [`10.10.${third}.2`],
    reserved: [`10.10.${third}.2-10.10.${third}.9`],
    static: [`10.10.${third}.50-10.10.${third}.60`],
    cloud_properties: { net: `n${third + 1}` },
  });
  return { name: 'default', type: 'manual', subnets: [subnet(0, 'z1'), subnet(1, 'z2')], ...overrides };
}

export function aManifest(overrides: Properties = {}): Properties {
  return {
    name: 'golden',
    releases: [{ name: 'golden', version: '1' }],
    stemcells: [{ alias: 'default', os: 'debian-bookworm', version: '1.1' }],
    update: { canaries: 1, max_in_flight: 1, canary_watch_time: '500-5000', update_watch_time: '500-5000' },
    instance_groups: [aGroup()],
    ...overrides,
  };
}

export function aGroup(overrides: Properties = {}): Properties {
  return {
    name: 'web',
    instances: 2,
    azs: ['z1', 'z2'],
    vm_type: 'small',
    stemcell: 'default',
    networks: [{ name: 'default' }],
    jobs: [{ name: 'server', release: 'golden' }],
    ...overrides,
  };
}

export function aJob(overrides: Partial<ReleaseJob> & { readonly name: string }): ReleaseJob {
  const spec = { name: overrides.name, templates: {}, packages: [], properties: {}, provides: [], consumes: [] };
  return {
    id: 1,
    version: `${overrides.name}-v1`,
    fingerprint: `${overrides.name}-v1`,
    blobstoreId: `${overrides.name}-blob`,
    sha1: `${overrides.name}-sha1`,
    packageNames: [],
    ...overrides,
    spec: { ...spec, ...overrides.spec },
  };
}

export function aPackage(overrides: Partial<ReleasePackage> & { readonly name: string }): ReleasePackage {
  const { name } = overrides;
  return {
    id: [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7),
    version: `${name}-v1`,
    fingerprint: `${name}-v1`,
    blobstoreId: `${name}-blob`,
    sha1: `${name}-sha1`,
    dependencies: [],
    ...overrides,
  };
}

export function aRelease(overrides: Partial<ReleaseSnapshot> = {}): ReleaseSnapshot {
  return {
    name: 'golden',
    version: '1',
    jobs: [aJob({ name: 'server', packageNames: ['app'] }), aJob({ name: 'smoke' })],
    packages: [aPackage({ name: 'app', dependencies: ['lib'] }), aPackage({ name: 'lib' })],
    ...overrides,
  };
}

export function aStemcell(overrides: Partial<StemcellSnapshot> = {}): StemcellSnapshot {
  return {
    id: 1,
    name: 'boti-debian',
    version: '1.1',
    operatingSystem: 'debian-bookworm',
    cid: 'stemcell-cid',
    cpi: '',
    apiVersion: 3,
    compileKey: null,
    ...overrides,
  };
}

export function aSnapshot(overrides: Partial<Snapshot> = {}): Snapshot {
  const instances = overrides.instances ?? [];
  return {
    director: { name: 'boti', uuid: 'director-uuid' },
    releases: [aRelease()],
    stemcells: [aStemcell()],
    compiledPackages: [],
    instances,
    addresses: instances.flatMap(({ addresses }) => addresses),
    deployedBefore: instances.length > 0,
    ...overrides,
  };
}

export function aVm(overrides: Partial<VmSnapshot> = {}): VmSnapshot {
  return {
    id: 1,
    cid: 'vm-cid',
    agentId: 'agent-id',
    cpi: '',
    stemcell: { name: 'boti-debian', version: '1.1', apiVersion: 3 },
    env: {},
    cloudProperties: { zone: 'a', ram: 512 },
    createdAt: new Date('2026-11-01T00:00:00Z'),
    ...overrides,
  };
}

export function anInstance(overrides: Partial<InstanceSnapshot> = {}): InstanceSnapshot {
  const uuid = overrides.uuid ?? 'uuid-0';
  return {
    id: 1,
    uuid,
    group: 'web',
    index: 0,
    az: 'z1',
    bootstrap: true,
    state: 'started',
    ignore: false,
    updateCompleted: true,
    spec: aStoredSpec(),
    vm: aVm(),
    disks: [],
    addresses: [anAddress('10.10.0.10', uuid)],
    agent: { responsive: true, jobState: 'running' },
    ...overrides,
  };
}

export function anAddress(address: string, instanceUuid: string | null, network = 'default') {
  return { address, network, static: false, deployment: 'golden', instanceUuid };
}

export function aStoredSpec(overrides: Partial<StoredSpec> = {}): StoredSpec {
  return {
    networks: {
      default: {
        type: 'manual',
        ip: '10.10.0.10',
        netmask: '255.255.255.0',
        cloud_properties: { net: 'n1' },
        default: ['dns', 'gateway'],
        dns: ['10.10.0.2'],
        gateway: '10.10.0.1',
      },
    },
    jobs: [{ name: 'server', version: 'server-v1', release: 'golden' }],
    packages: {},
    configurationHash: 'hash',
    templateHashes: { server: 'server-hash' },
    renderedTemplatesArchive: null,
    persistentDiskMib: 0,
    tags: {},
    vmType: 'small',
    applySpec: {},
    ...overrides,
  };
}

export function someOptions(overrides: Partial<DeployOptions> = {}): DeployOptions {
  return {
    isDeployAction: true,
    recreate: false,
    recreateVmsCreatedBefore: null,
    recreatePersistentDisks: false,
    fix: false,
    skipDrain: [],
    canaries: null,
    maxInFlight: null,
    states: [],
    ...overrides,
  };
}

/** A request whose new uuids are `new-0`, `new-1`, … */
export function aRequest(overrides: Partial<PlanRequest> = {}): PlanRequest {
  let made = 0;
  return {
    manifest: aManifest(),
    cloudConfigs: [aCloudConfig()],
    runtimeConfigs: [],
    options: someOptions(),
    snapshot: aSnapshot(),
    teams: [],
    newUuid: () => `new-${made++}`,
    ...overrides,
  };
}
