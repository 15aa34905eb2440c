import { type Cloud, CloudError, type CpiContext, type DiskCid, diskCid, type VmCid } from '@boti/cpi-sdk';
import { z } from 'zod';
import { type CloudClient, ifMissing, pathOf, schemas } from './cloud-client.ts';
import { parseProperties } from './config.ts';
import { creationLabels, textLabels } from './labels.ts';
import { vmNotFound } from './vms.ts';

export function disks(client: CloudClient, context: CpiContext) {
  const requireServer = async (cid: VmCid): Promise<void> => {
    await client.request('GET', pathOf('servers', cid), schemas.server).catch(vmNotFound(cid));
  };
  const requireVolume = (cid: DiskCid): Promise<z.infer<typeof schemas.volume>> =>
    client.request('GET', pathOf('volumes', cid), schemas.volume).catch(diskNotFound(cid));
  return {
    async createDisk(sizeMib, cloudProperties) {
      parseProperties(z.strictObject({}), cloudProperties);
      const body = { sizeMib, labels: creationLabels(context) };
      return diskCid((await client.request('POST', '/volumes', schemas.volume, body)).id);
    },
    deleteDisk: async (cid) => await client.remove(pathOf('volumes', cid)),
    hasDisk: async (cid) => (await client.find(pathOf('volumes', cid), schemas.volume)) !== undefined,

    async attachDisk(vmCid, cid) {
      await requireServer(vmCid);
      await requireVolume(cid);
      const { device } = await client.request('PUT', pathOf('servers', vmCid, 'volumes', cid), schemas.attachment);
      return { path: device };
    },

    async detachDisk(vmCid, cid) {
      await requireServer(vmCid);
      const { server } = await requireVolume(cid);
      if (server !== vmCid) throw new CloudError('DiskNotAttached', `Disk '${cid}' is not attached to VM '${vmCid}'`);
      await client.remove(pathOf('servers', vmCid, 'volumes', cid));
    },

    async setDiskMetadata(cid, metadata) {
      const path = pathOf('volumes', cid, 'labels');
      await client.request('PATCH', path, z.unknown(), textLabels(metadata)).catch(diskNotFound(cid));
    },

    async resizeDisk(cid, sizeMib) {
      const volume = await requireVolume(cid);
      if (sizeMib < volume.sizeMib) throw new CloudError('NotSupported', `Disk '${cid}' cannot shrink`);
      if (sizeMib > volume.sizeMib)
        await client.request('POST', pathOf('volumes', cid, 'resize'), z.unknown(), { sizeMib });
    },
  } satisfies Partial<Cloud>;
}

function diskNotFound(cid: DiskCid): (error: unknown) => never {
  return (error) => {
    ifMissing(undefined)(error);
    throw new CloudError('DiskNotFound', `Disk '${cid}' does not exist`);
  };
}
