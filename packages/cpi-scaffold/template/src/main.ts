import { serveCpi } from '@boti/cpi-sdk';
import { CloudClient } from './cloud-client.ts';
import { configSchema } from './config.ts';
import { disks } from './disks.ts';
import { inventory } from './inventory.ts';
import { snapshots } from './snapshots.ts';
import { stemcells } from './stemcells.ts';
import { vms } from './vms.ts';

await serveCpi({
  name: 'CPI_NAME',
  config: configSchema,
  // What `create_stemcell` can take: the `stemcell_formats` of stemcell.MF.
  stemcellFormats: ['general-tar', 'warden-tar'],

  async open(config, context) {
    const client = new CloudClient(config, context.signal);
    return {
      ...stemcells(client, context),
      ...vms(client, context, config),
      ...disks(client, context),
      ...snapshots(client, context),
      ...inventory(client),
    };
  },
});
