import type { Listing } from '../run/listing.ts';
import type { Trial } from '../run/trial.ts';

/** The answer of `list`, checked for its form. */
export async function readListed(t: Trial): Promise<Listing> {
  const result = (await t.succeeds('list', [])) as Readonly<Record<string, unknown>> | null;
  for (const key of ['vms', 'disks', 'stemcells', 'snapshots']) {
    const cids = result?.[key];
    const isList = Array.isArray(cids) && cids.every((cid) => typeof cid === 'string');
    t.expect(isList, `'${key}' to be a list of cids`, JSON.stringify(cids) ?? 'no such key');
  }
  return result as unknown as Listing;
}
