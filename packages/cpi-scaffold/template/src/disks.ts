import { type Cloud, CloudError, type CpiContext, type DiskCid, diskCid, type VmCid } from '@boti/cpi-sdk';
import { z } from 'zod';
import { type CloudClient, notFound, schemas } from './cloud-client.ts';
import { parseProperties } from './config.ts';
import { creationLabels, textLabels } from './labels.ts';

export function disks(client: CloudClient, context: CpiContext) {
  const requireServer = async (cid: VmCid): Promise<void> => {
    await client.request('GET', ['servers', cid], schemas.server).catch(notFound('VMNotFound', cid));
  };
  const requireVolume = (cid: DiskCid): Promise<z.infer<typeof schemas.volume>> =>
    client.request('GET', ['volumes', cid], schemas.volume).catch(notFound('DiskNotFound', cid));
  return {
    async createDisk(sizeMib, cloudProperties) {
      parseProperties(z.strictObject({}), cloudProperties);
      const body = { sizeMib, labels: creationLabels(context) };
      return diskCid((await client.request('POST', ['volumes'], schemas.volume, { body })).id);
    },
    deleteDisk: async (cid) => await client.remove(['volumes', cid]),
    hasDisk: async (cid) => (await client.find(['volumes', cid], schemas.volume)) !== undefined,

    async attachDisk(vmCid, cid) {
      await requireServer(vmCid);
      await requireVolume(cid);
      const { device } = await client.request('PUT', ['servers', vmCid, 'volumes', cid], schemas.attachment);
      return { path: device };
    },

    async detachDisk(vmCid, cid) {
      await requireServer(vmCid);
      const { server } = await requireVolume(cid);
      if (server !== vmCid) throw new CloudError('DiskNotAttached', `Disk '${cid}' is not attached to VM '${vmCid}'`);
      await client.remove(['servers', vmCid, 'volumes', cid]);
    },

    async setDiskMetadata(cid, metadata) {
      const path = ['volumes', cid, 'labels'];
      await client
        .request('PATCH', path, z.unknown(), { body: textLabels(metadata) })
        .catch(notFound('DiskNotFound', cid));
    },

    async resizeDisk(cid, sizeMib) {
      const volume = await requireVolume(cid);
      if (sizeMib < volume.sizeMib) throw new CloudError('NotSupported', `Disk '${cid}' cannot shrink`);
      if (sizeMib > volume.sizeMib)
        await client.request('POST', ['volumes', cid, 'resize'], z.unknown(), { body: { sizeMib } });
    },
  } satisfies Partial<Cloud>;
}
