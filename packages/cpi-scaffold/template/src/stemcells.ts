import { openAsBlob } from 'node:fs';
import { type Cloud, type CpiContext, stemcellCid } from '@boti/cpi-sdk';
import { type CloudClient, pathOf, schemas } from './cloud-client.ts';
import { creationLabels, textLabels } from './labels.ts';

export function stemcells(client: CloudClient, context: CpiContext) {
  return {
    async createStemcell(imagePath, _cloudProperties, tags) {
      const labels = new URLSearchParams({ ...textLabels(tags ?? {}), ...creationLabels(context) });
      const image = await client.request('POST', `/images?${labels}`, schemas.image, await openAsBlob(imagePath));
      return stemcellCid(image.id);
    },
    deleteStemcell: async (cid) => await client.remove(pathOf('images', cid)),
  } satisfies Partial<Cloud>;
}
