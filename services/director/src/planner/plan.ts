import type { DesiredState, InstanceSnapshot, ReleaseJob, StemcellSnapshot } from './snapshot.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What a deploy will do and why: data that `deploy --plan` prints, the executor runs and tests compare. */
export interface DeploymentPlan {
  readonly deployment: string;
  /** The manifest with `latest` versions resolved: stored after success. */
  readonly manifest: Properties;
  readonly releases: readonly { readonly name: string; readonly version: string }[];
  readonly stemcells: readonly StemcellPlan[];
  readonly tags: Readonly<Record<string, string>>;
  readonly groups: readonly GroupPlan[];
  /** Instances of groups that the manifest no longer has. */
  readonly obsolete: readonly InstancePlan[];
  readonly compilation: CompilationPlan;
  /** Package forms needed, dependencies included, in an order in which they can be compiled. */
  readonly packages: readonly PackageRequirement[];
  readonly warnings: readonly string[];
}

export interface StemcellPlan {
  readonly alias: string;
  readonly name: string;
  readonly operatingSystem: string;
  readonly version: string;
  readonly compileKey: string | null;
  /** The uploaded stemcell by CPI name; '' is the default CPI. */
  readonly byCpi: Readonly<Record<string, StemcellSnapshot>>;
}

export interface GroupPlan {
  readonly name: string;
  readonly lifecycle: 'service' | 'errand';
  readonly update: UpdatePolicy;
  readonly jobs: readonly JobPlan[];
  readonly stemcell: StemcellPlan;
  /** In update order: bootstrap first, then its AZ, then the others. Errand groups too. */
  readonly instances: readonly InstancePlan[];
  readonly obsolete: readonly InstancePlan[];
}

/** Percentages stay texts here: they are of the number of instances in the batch at hand. */
export interface UpdatePolicy {
  readonly canaries: number | string;
  readonly maxInFlight: number | string;
  readonly canaryWatchTime: WatchTime;
  readonly updateWatchTime: WatchTime;
  readonly serial: boolean;
  readonly vmStrategy: 'delete-create' | 'create-swap-delete';
  readonly initialDeployAzUpdateStrategy: 'serial' | 'parallel';
}

export interface WatchTime {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface JobPlan {
  readonly name: string;
  readonly release: { readonly name: string; readonly version: string };
  readonly job: ReleaseJob;
  /** As the manifest gives them (job level, else global and group level merged): not yet restricted to the spec. */
  readonly properties: Properties;
  /** Link name → what templates see by `link('name')`. */
  readonly links: Readonly<Record<string, Properties>>;
}

export interface InstancePlan {
  readonly group: string;
  readonly uuid: string;
  readonly index: number;
  readonly az: string | null;
  readonly cpi: string;
  readonly bootstrap: boolean;
  readonly lifecycle: 'service' | 'errand';
  readonly existing: InstanceSnapshot | null;
  readonly state: DesiredState;
  readonly networks: readonly NetworkPlan[];
  /** AZ, VM type and VM extensions merged: argument of create_vm. */
  readonly cloudProperties: Properties;
  readonly vmType: string | null;
  readonly env: Properties;
  readonly tags: Readonly<Record<string, string>>;
  readonly stemcell: StemcellSnapshot | null;
  readonly persistentDisk: { readonly sizeMib: number; readonly cloudProperties: Properties } | null;
  /** Disks with names (`persistent_disks`): attached, but neither formatted nor mounted. Absent: none. */
  readonly namedDisks?: readonly {
    readonly name: string;
    readonly sizeMib: number;
    readonly cloudProperties: Properties;
  }[];
  /** Known before rendering; `configurationChanges` adds the rest. Empty: nothing to do. */
  readonly changes: readonly Change[];
}

export interface NetworkPlan {
  readonly name: string;
  readonly type: 'manual' | 'dynamic' | 'vip';
  readonly address: string | null;
  readonly static: boolean;
  /** The network as create_vm and apply carry it: ip, netmask, gateway, dns, default, cloud_properties. */
  readonly settings: Properties;
  /** True for the network whose address is the instance's (`addressable`, else `gateway` default). */
  readonly addressable: boolean;
}

export const changeKinds = [
  'dirty',
  'restart',
  'recreate',
  'recreate_persistent_disks',
  'cloud_properties',
  'stemcell',
  'env',
  'network',
  'packages',
  'persistent_disk',
  'configuration',
  'job',
  'state',
  'dns',
  'trusted_certs',
  'blobstore_config',
  'nats_config',
  'tags',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** One reason to touch an instance, in a sentence for people; in the order of `changeKinds`. */
export interface Change {
  readonly kind: ChangeKind;
  readonly reason: string;
  readonly needsNewVm: boolean;
}

export interface CompilationPlan {
  readonly workers: number;
  readonly reuseVms: boolean;
  readonly az: string | null;
  readonly cpi: string;
  readonly cloudProperties: Properties;
  readonly vmType: string | null;
  readonly env: Properties;
  /** One entry for each worker VM that may run: an address of the compilation network that nobody else has. */
  readonly vms: readonly { readonly networks: readonly NetworkPlan[] }[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A package in the form it needs on one stemcell. `compiled` is set when that form exists. */
export interface PackageRequirement {
  readonly package: {
    readonly id: number;
    readonly name: string;
    readonly version: string;
    readonly fingerprint: string;
    readonly blobstoreId: string | null;
    readonly sha1: string | null;
  };
  readonly release: string;
  readonly stemcell: StemcellPlan;
  readonly dependencyKey: string;
  /** Requirements this one needs first: indexes into DeploymentPlan.packages; direct ones. */
  readonly dependencies: readonly number[];
  readonly compiled: { readonly build: number; readonly blobstoreId: string; readonly sha1: string } | null;
  /** Names of the groups that use it. */
  readonly groups: readonly string[];
}

/** What a task may ask of a deploy. */
export interface DeployOptions {
  /** False for state changes (stop, restart, …) that reuse the stored manifest. */
  readonly isDeployAction: boolean;
  readonly recreate: boolean;
  readonly recreateVmsCreatedBefore: Date | null;
  readonly recreatePersistentDisks: boolean;
  readonly fix: boolean;
  /** '*' or group names. */
  readonly skipDrain: readonly string[];
  readonly canaries: number | string | null;
  readonly maxInFlight: number | string | null;
  /** Group '*' is all; `instance` an index or uuid. */
  readonly states: readonly {
    readonly group: string;
    readonly instance: string | null;
    readonly state: DesiredState | 'restart' | 'recreate';
  }[];
}
