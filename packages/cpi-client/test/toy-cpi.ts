import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { diskCid, stemcellCid, vmCid } from '@boti/core';
import { CloudError, serveCpi } from '@boti/cpi-sdk';
import { z } from 'zod';

/** A CPI for tests: what it does follows from the names it is given. */
await serveCpi({
  name: 'toy',
  config: z.strictObject({ greeting: z.string() }),
  stemcellFormats: ['toy'],
  async open({ greeting }, { logger, signal, creationId }) {
    return {
      createStemcell: async (_path, _properties, tags) => stemcellCid(`stemcell-${JSON.stringify(tags ?? null)}`),
      deleteStemcell: async () => undefined,
      async createVm({ agentId, networks }) {
        if (agentId === 'refused') throw new CloudError('VMCreationFailed', 'no room', { okToRetry: true });
        if (agentId === 'slow') await delay(60_000, undefined, { signal });
        if (agentId === 'hung') {
          await writeFile(greeting, 'the call runs');
          await delay(8000);
        }
        return { cid: vmCid(`${greeting}-${creationId ?? agentId}`), networks };
      },
      async deleteVm(cid) {
        if (cid === 'crash') process.exit(7);
        throw new CloudError('VMNotFound', `VM '${cid}' is not there`);
      },
      async hasVm(cid) {
        if (cid === 'logged') logger.info('looked', { pid: process.pid });
        return cid !== 'gone';
      },
      createDisk: async () => diskCid('disk-1'),
      deleteDisk: async () => undefined,
      hasDisk: async () => true,
      attachDisk: async (_vm, disk) => ({ path: `/dev/${disk}` }),
      detachDisk: async () => undefined,
    };
  },
});
