import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { diskCid, snapshotCid, stemcellCid, vmCid } from '@boti/core';
import { type Cloud, CloudError, type CpiContext } from '@boti/cpi-sdk';
import { requireQuota } from './quotas.ts';
import type { Simulation } from './simulator.ts';

export function stemcells(
  { store, config }: Simulation,
  { creationId }: CpiContext,
): Pick<Required<Cloud>, 'createStemcell' | 'deleteStemcell' | 'list' | 'findCreation'> {
  return {
    async createStemcell(imagePath) {
      await access(imagePath).catch((cause: unknown) => {
        throw new CloudError('CloudError', `Stemcell image ${imagePath} cannot be read`, { cause });
      });
      requireQuota(store, config.quotas, 'stemcell');
      const cid = stemcellCid(`sim-stemcell-${randomUUID()}`);
      store.put('stemcell', { cid, ...(creationId !== undefined && { creationId }) });
      return cid;
    },

    async deleteStemcell(cid) {
      const user = store.all('vm').find((vm) => vm.stemcellCid === cid);
      if (user !== undefined) throw new CloudError('CloudError', `Stemcell '${cid}' is in use by VM '${user.cid}'`);
      store.remove('stemcell', cid);
    },

    async list() {
      return {
        vms: store.all('vm').map(({ cid }) => vmCid(cid)),
        disks: store.all('disk').map(({ cid }) => diskCid(cid)),
        stemcells: store.all('stemcell').map(({ cid }) => stemcellCid(cid)),
        snapshots: store.all('snapshot').map(({ cid }) => snapshotCid(cid)),
      };
    },

    async findCreation(id) {
      const things = [...store.all('disk'), ...store.all('stemcell'), ...store.all('snapshot')];
      return store.vmOfAgent(id)?.cid ?? things.find((thing) => thing.creationId === id)?.cid;
    },
  };
}
