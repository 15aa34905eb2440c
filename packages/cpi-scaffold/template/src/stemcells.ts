import { openAsBlob } from 'node:fs';
import { type Cloud, CloudError, type CpiContext, stemcellCid } from '@boti/cpi-sdk';
import { type CloudClient, schemas } from './cloud-client.ts';
import { creationLabels, textLabels } from './labels.ts';

export function stemcells(client: CloudClient, context: CpiContext) {
  return {
    async createStemcell(imagePath, _cloudProperties, tags) {
      const labels = { ...textLabels(tags ?? {}), ...creationLabels(context) };
      const image = await client.request('POST', ['images'], schemas.image, {
        labels,
        body: await openImage(imagePath),
      });
      return stemcellCid(image.id);
    },
    deleteStemcell: async (cid) => await client.remove(['images', cid]),
  } satisfies Partial<Cloud>;
}

async function openImage(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (cause) {
    throw new CloudError('CloudError', `The image ${path} cannot be read`, { cause });
  }
}
