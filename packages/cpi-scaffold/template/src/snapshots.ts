import { type Cloud, type CpiContext, snapshotCid } from '@boti/cpi-sdk';
import { type CloudClient, notFound, schemas } from './cloud-client.ts';
import { creationLabels, textLabels } from './labels.ts';

export function snapshots(client: CloudClient, context: CpiContext) {
  return {
    async snapshotDisk(volume, metadata) {
      await client.request('GET', ['volumes', volume], schemas.volume).catch(notFound('DiskNotFound', volume));
      const body = { volume, labels: { ...textLabels(metadata), ...creationLabels(context) } };
      return snapshotCid((await client.request('POST', ['snapshots'], schemas.snapshot, { body })).id);
    },
    deleteSnapshot: async (cid) => await client.remove(['snapshots', cid]),
  } satisfies Partial<Cloud>;
}
