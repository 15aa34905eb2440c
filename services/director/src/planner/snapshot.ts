import type { JobSpec } from '@boti/release';

/**
 * What the planner knows of the world: plain data, read in one go before planning. Nothing here reaches back to a store.
 */
export interface Snapshot {
  readonly director: { readonly name: string; readonly uuid: string };
  readonly releases: readonly ReleaseSnapshot[];
  readonly stemcells: readonly StemcellSnapshot[];
  readonly compiledPackages: readonly CompiledPackage[];
  /** Instances of this deployment, errand groups included. */
  readonly instances: readonly InstanceSnapshot[];
  /** Every address in use at this Director, other deployments' included. */
  readonly addresses: readonly AddressSnapshot[];
  /** False until a deploy of this deployment has succeeded. */
  readonly deployedBefore: boolean;
}

export interface ReleaseSnapshot {
  readonly name: string;
  readonly version: string;
  readonly jobs: readonly ReleaseJob[];
  readonly packages: readonly ReleasePackage[];
}

export interface ReleaseJob {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly fingerprint: string;
  readonly blobstoreId: string;
  readonly sha1: string;
  readonly packageNames: readonly string[];
  readonly spec: JobSpec;
}

export interface ReleasePackage {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly fingerprint: string;
  /** Null when only compiled forms are known. */
  readonly blobstoreId: string | null;
  readonly sha1: string | null;
  readonly dependencies: readonly string[];
}

export interface CompiledPackage {
  readonly packageId: number;
  readonly stemcellOs: string;
  readonly stemcellVersion: string;
  readonly dependencyKey: string;
  readonly build: number;
  readonly blobstoreId: string;
  readonly sha1: string;
}

export interface StemcellSnapshot {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly operatingSystem: string;
  readonly cid: string;
  readonly cpi: string;
  readonly apiVersion: number | null;
  /** What compiled packages may be shared by, across names and versions; null: nothing is known. */
  readonly compileKey: string | null;
}

export interface InstanceSnapshot {
  readonly id: number;
  readonly uuid: string;
  readonly group: string;
  readonly index: number;
  readonly az: string | null;
  readonly bootstrap: boolean;
  readonly state: DesiredState;
  readonly ignore: boolean;
  readonly updateCompleted: boolean;
  readonly spec: StoredSpec | null;
  readonly vm: VmSnapshot | null;
  readonly disks: readonly DiskSnapshot[];
  readonly addresses: readonly AddressSnapshot[];
  /** What its agent said just now; null when it has no VM. */
  readonly agent: AgentSnapshot | null;
}

export type DesiredState = 'started' | 'stopped' | 'detached';

export type AgentSnapshot = { readonly responsive: false } | { readonly responsive: true; readonly jobState: string };

export interface VmSnapshot {
  readonly id: number;
  readonly cid: string;
  readonly agentId: string;
  readonly cpi: string;
  readonly stemcell: { readonly name: string; readonly version: string; readonly apiVersion: number | null };
  readonly env: Readonly<Record<string, unknown>>;
  readonly cloudProperties: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

export interface DiskSnapshot {
  readonly id: number;
  readonly cid: string;
  readonly name: string;
  readonly sizeMib: number;
  readonly cloudProperties: Readonly<Record<string, unknown>>;
  readonly active: boolean;
  readonly cpi: string;
}

export interface AddressSnapshot {
  readonly address: string;
  readonly network: string;
  readonly static: boolean;
  readonly deployment: string | null;
  readonly instanceUuid: string | null;
}

/** instances.spec: what was last applied, kept to be compared with what is wanted. */
export interface StoredSpec {
  readonly networks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Job name → the version (fingerprint) and release it came from, in manifest order. */
  readonly jobs: readonly { readonly name: string; readonly version: string; readonly release: string }[];
  readonly packages: Readonly<Record<string, PackageSpec>>;
  readonly configurationHash: string;
  readonly templateHashes: Readonly<Record<string, string>>;
  readonly renderedTemplatesArchive: { readonly blobstoreId: string; readonly sha1: string } | null;
  readonly persistentDiskMib: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly vmType: string | null;
  /** The whole apply spec as sent to the agent (snake_case wire keys): reused by actions that do not re-plan. */
  readonly applySpec: Readonly<Record<string, unknown>>;
}

/** A compiled package as apply specs name it; `version` is `<package version>.<build>`. */
export interface PackageSpec {
  readonly name: string;
  readonly version: string;
  readonly sha1: string;
  readonly blobstoreId: string;
}
