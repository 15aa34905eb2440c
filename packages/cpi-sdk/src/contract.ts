import type { DiskHint } from '@boti/agent-protocol';
import type { AgentId, DiskCid, NetworkCid, SnapshotCid, StemcellCid, VmCid } from '@boti/core';

/** What operators write for this cloud in cloud config or stemcell.MF: opaque to all but the CPI. `parseCloudProperties` gives it a type. */
export type CloudProperties = Readonly<Record<string, unknown>>;

/** One network of `create_vm`, as the Director sends it. */
export interface VmNetwork {
  /** `manual`: `ip`, `netmask`, `gateway` are given. `dynamic`: the cloud chooses. `vip`: an address to attach besides. */
  readonly type: 'manual' | 'dynamic' | 'vip';
  readonly ip?: string;
  readonly netmask?: string;
  readonly gateway?: string;
  readonly prefix?: string;
  readonly dns?: readonly string[] | null;
  readonly default?: readonly string[];
  readonly cloud_properties?: CloudProperties;
  readonly nic_group?: unknown;
}

/** The networks of a VM by name, in the order of the manifest. */
export type VmNetworks = Readonly<Record<string, VmNetwork>>;
/** `env` of `create_vm`, passed to the agent verbatim. */
export type VmEnv = Readonly<Record<string, unknown>>;
/** Tags and the like: names to texts, mostly. `tagsOf` makes them fit a cloud. */
export type Metadata = Readonly<Record<string, unknown>>;

/** The arguments of create_vm. Source: bosh-director external_cpi.rb. */
export interface CreateVmRequest {
  readonly agentId: AgentId;
  readonly stemcellCid: StemcellCid;
  readonly cloudProperties: CloudProperties;
  readonly networks: VmNetworks;
  /** Disks that will be attached later: a hint for placement. */
  readonly diskCids: readonly DiskCid[];
  readonly env: VmEnv;
}

/** What `vm_resources` of a manifest asks for. */
export interface VmResources {
  readonly cpu: number;
  /** MiB. */
  readonly ram: number;
  /** MiB. */
  readonly ephemeral_disk_size: number;
}

/** The answer to `info`. No `api_version` means 1. */
export interface CpiInfo {
  readonly stemcell_formats?: readonly string[];
  readonly api_version?: number;
  /** boti's own extensions; foreign callers ignore them. docs/contracts/cpi.md. */
  readonly boti?: { readonly extensions: readonly string[] };
}

/**
 * The calls of a cloud, with the wire's details taken away. Sizes are MiB. Optional methods may be missing: callers then
 * get `Bosh::Clouds::NotImplemented`. Deletes of what is gone succeed; attach of what is attached answers the same hint.
 */
export interface Cloud {
  /** `imagePath`: the stemcell's image as a file of this machine. `tags` only from contract version 3 on. */
  createStemcell(imagePath: string, cloudProperties: CloudProperties, tags?: Metadata): Promise<StemcellCid>;
  deleteStemcell(cid: StemcellCid): Promise<void>;
  /** Answers once the VM is started; leaves nothing behind when it throws. `networks`: as they came out. */
  createVm(request: CreateVmRequest): Promise<{ readonly cid: VmCid; readonly networks: VmNetworks }>;
  /** Leaves its attached disks whole. */
  deleteVm(cid: VmCid): Promise<void>;
  hasVm(cid: VmCid): Promise<boolean>;
  rebootVm?(cid: VmCid): Promise<void>;
  setVmMetadata?(cid: VmCid, metadata: Metadata): Promise<void>;
  /** The cheapest VM that has at least these resources, as cloud properties of create_vm. */
  calculateVmCloudProperties?(resources: VmResources): Promise<CloudProperties>;
  /** `vmCid`: the VM that it will be attached to, as a hint for placement. */
  createDisk(sizeMib: number, cloudProperties: CloudProperties, vmCid?: VmCid): Promise<DiskCid>;
  deleteDisk(cid: DiskCid): Promise<void>;
  hasDisk(cid: DiskCid): Promise<boolean>;
  /** Answers how the agent finds the disk: a device path or a map. Throws VMNotFound, DiskNotFound. */
  attachDisk(vmCid: VmCid, diskCid: DiskCid): Promise<DiskHint>;
  /** Throws DiskNotAttached, DiskNotFound, VMNotFound. */
  detachDisk(vmCid: VmCid, diskCid: DiskCid): Promise<void>;
  getDisks?(vmCid: VmCid): Promise<readonly DiskCid[]>;
  setDiskMetadata?(cid: DiskCid, metadata: Metadata): Promise<void>;
  /** Of a detached disk. Throws NotSupported for a smaller size. */
  resizeDisk?(cid: DiskCid, sizeMib: number): Promise<void>;
  /** Changes a detached disk in place; answers the cid of a new one that holds its content, if it had to make one. */
  updateDisk?(cid: DiskCid, sizeMib: number, cloudProperties: CloudProperties): Promise<DiskCid | undefined>;
  /** May be called while the disk is attached. */
  snapshotDisk?(cid: DiskCid, metadata: Metadata): Promise<SnapshotCid>;
  deleteSnapshot?(cid: SnapshotCid): Promise<void>;
  createNetwork?(
    definition: Metadata,
  ): Promise<{ readonly cid: NetworkCid; readonly addresses: Metadata; readonly cloudProperties: CloudProperties }>;
  deleteNetwork?(cid: NetworkCid): Promise<void>;
  /** Extension `console_log`: the last bytes a VM wrote to its console; used to explain an agent that never answers. */
  consoleLog?(cid: VmCid): Promise<string>;
  /**
   * Extension `journal`: the cid that a create_* call with this context key `boti_creation` made, or was making when its
   * process was killed (a VM's key is its agent id); undefined when nothing is left of it. Deleting that cid removes all of it.
   */
  findCreation?(id: string): Promise<string | undefined>;
  /** Extension `list`: what exists on the cloud, for leak checks. */
  list?(): Promise<{
    readonly vms: readonly VmCid[];
    readonly disks: readonly DiskCid[];
    readonly stemcells: readonly StemcellCid[];
    readonly snapshots: readonly SnapshotCid[];
  }>;
}
