import { type Cloud, diskCid, snapshotCid, stemcellCid, vmCid } from '@boti/cpi-sdk';
import { type CloudClient, schemas } from './cloud-client.ts';

/** Two extensions of boti: with them callers find out what is there, and what became of a call that was killed. */
export function inventory(client: CloudClient) {
  const ids = async (kind: 'image' | 'server' | 'volume' | 'snapshot', labels = {}): Promise<readonly string[]> =>
    (await client.list(`${kind}s`, schemas[kind], labels)).map(({ id }) => id);
  return {
    list: async () => ({
      vms: (await ids('server')).map(vmCid),
      disks: (await ids('volume')).map(diskCid),
      stemcells: (await ids('image')).map(stemcellCid),
      snapshots: (await ids('snapshot')).map(snapshotCid),
    }),

    async findCreation(id) {
      const [vm] = await ids('server', { agent: id });
      if (vm !== undefined) return vm;
      for (const kind of ['volume', 'image', 'snapshot'] as const) {
        const [made] = await ids(kind, { creation: id });
        if (made !== undefined) return made;
      }
      return undefined;
    },
  } satisfies Partial<Cloud>;
}
