/** Answer of the extension `list`: cids by kind. */
export interface Listing {
  readonly vms: readonly string[];
  readonly disks: readonly string[];
  readonly stemcells: readonly string[];
  readonly snapshots: readonly string[];
}

/** Takes what is there of it. */
export function readListing(result: unknown): Listing {
  const { vms, disks, stemcells, snapshots } = (result ?? {}) as Partial<Record<keyof Listing, unknown>>;
  return { vms: texts(vms), disks: texts(disks), stemcells: texts(stemcells), snapshots: texts(snapshots) };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
