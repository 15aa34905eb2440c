import { type Cloud, CloudError, type CpiContext, snapshotCid } from '@boti/cpi-sdk';
import { type CloudClient, pathOf, schemas } from './cloud-client.ts';
import { creationLabels, textLabels } from './labels.ts';

export function snapshots(client: CloudClient, context: CpiContext) {
  return {
    async snapshotDisk(volume, metadata) {
      if ((await client.find(pathOf('volumes', volume), schemas.volume)) === undefined) {
        throw new CloudError('DiskNotFound', `Disk '${volume}' does not exist`);
      }
      const body = { volume, labels: { ...textLabels(metadata), ...creationLabels(context) } };
      return snapshotCid((await client.request('POST', '/snapshots', schemas.snapshot, body)).id);
    },
    deleteSnapshot: async (cid) => await client.remove(pathOf('snapshots', cid)),
  } satisfies Partial<Cloud>;
}
