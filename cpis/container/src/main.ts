import { serveCpi } from '@boti/cpi-sdk';
import { configSchema } from './config.ts';
import { disks } from './disks.ts';
import { type HostContext, openHost, removeAll, startAll, stopAll } from './host/index.ts';
import { snapshots } from './snapshots.ts';
import { stemcells } from './stemcells.ts';
import { vms } from './vms.ts';

await serveCpi({
  name: 'container',
  config: configSchema,
  stemcellFormats: ['warden-tar', 'general-tar'],

  async open(config, context) {
    let host: Promise<HostContext> | undefined;
    const open = (): Promise<HostContext> => {
      host ??= openHost(config, context);
      return host;
    };
    return { ...stemcells(open, context), ...vms(open, context), ...disks(open, context), ...snapshots(open, context) };
  },

  commands: {
    stop: async (config, context) => stopAll(await openHost(config, context), context.print),
    start: async (config, context) => startAll(await openHost(config, context), context.print),
    cleanup: async (config, context) => removeAll(await openHost(config, context), context.print),
  },
});
