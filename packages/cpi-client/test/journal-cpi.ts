import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { diskCid, stemcellCid, vmCid } from '@boti/core';
import { journal, serveCpi } from '@boti/cpi-sdk';
import { z } from 'zod';

/** A CPI for tests that keeps a journal. Its servers are files; `hung` is an agent whose create_vm never ends. */
await serveCpi({
  name: 'journal',
  config: z.strictObject({ dir: z.string() }),
  stemcellFormats: ['toy'],
  async open({ dir }) {
    const server = (id: string): string => join(dir, 'servers', id);
    const creations = journal({
      dir: join(dir, 'journal'),
      undo: async (made) => {
        for (const { id } of made) await rm(server(id), { force: true });
      },
    });
    await creations.reap();
    return {
      createStemcell: async () => stemcellCid('stemcell'),
      deleteStemcell: async () => undefined,
      async createVm({ agentId, networks }) {
        return await creations.create(agentId, async (record) => {
          await record({ kind: 'server', id: agentId });
          await writeFile(server(agentId), String(process.pid));
          if (agentId === 'hung') await delay(60_000);
          return { cid: vmCid(agentId), networks };
        });
      },
      deleteVm: (cid) => rm(server(cid), { force: true }),
      hasVm: async (cid) => existsSync(server(cid)),
      createDisk: async () => diskCid('disk'),
      deleteDisk: async () => undefined,
      hasDisk: async () => false,
      attachDisk: async () => ({ path: '/dev/sdc' }),
      detachDisk: async () => undefined,
      findCreation: (id) => creations.find(id),
      list: async () => ({
        vms: (await readdir(join(dir, 'servers'))).map(vmCid),
        disks: [],
        stemcells: [],
        snapshots: [],
      }),
    };
  },
});
