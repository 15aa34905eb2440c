import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { stemcellCid } from '@boti/core';
import type { Cloud, CpiContext } from '@boti/cpi-sdk';
import * as host from './host/index.ts';

export function stemcells(
  open: () => Promise<host.HostContext>,
  { creationId }: Pick<CpiContext, 'creationId'>,
): Pick<Required<Cloud>, 'createStemcell' | 'deleteStemcell' | 'list' | 'findCreation'> {
  return {
    createStemcell: async (image) => host.createStemcell(await open(), image, creationId ?? randomUUID()),
    deleteStemcell: async (cid) => host.deleteStemcell(await open(), cid),
    async list() {
      const cloud = await open();
      return {
        vms: await host.listVms(cloud),
        disks: await host.listDisks(cloud),
        stemcells: (await readdir(cloud.state.stemcells)).map(stemcellCid),
        snapshots: await host.listSnapshots(cloud),
      };
    },
    async findCreation(id) {
      const { journal, signal } = await open();
      return await journal.find(id, signal);
    },
  };
}
