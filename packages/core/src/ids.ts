/** A string that stands for one kind of thing only; `brand()` is the single place that makes one. */
export type Brand<Name extends string> = string & { readonly __brand: Name };

export type VmCid = Brand<'VmCid'>;
export type DiskCid = Brand<'DiskCid'>;
export type StemcellCid = Brand<'StemcellCid'>;
export type SnapshotCid = Brand<'SnapshotCid'>;
export type NetworkCid = Brand<'NetworkCid'>;
export type AgentId = Brand<'AgentId'>;
export type BlobId = Brand<'BlobId'>;

export const vmCid = (text: string): VmCid => text as VmCid;
export const diskCid = (text: string): DiskCid => text as DiskCid;
export const stemcellCid = (text: string): StemcellCid => text as StemcellCid;
export const snapshotCid = (text: string): SnapshotCid => text as SnapshotCid;
export const networkCid = (text: string): NetworkCid => text as NetworkCid;
export const agentId = (text: string): AgentId => text as AgentId;
export const blobId = (text: string): BlobId => text as BlobId;
