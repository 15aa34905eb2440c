import type { CpiDefinition } from '@boti/cpi-sdk';
import { type LocalConfig, localSchema } from './config.ts';
import { disks } from './disks.ts';
import { type HostContext, openHost } from './host/index.ts';
import { snapshots } from './snapshots.ts';
import { stemcells } from './stemcells.ts';
import { vms } from './vms.ts';

/** The cloud of this machine. */
export const containerCpi: CpiDefinition<LocalConfig> = {
  name: 'container',
  config: localSchema,
  stemcellFormats: ['warden-tar', 'general-tar'],

  async open(config, context) {
    let host: Promise<HostContext> | undefined;
    const open = (): Promise<HostContext> => {
      host ??= openHost(config, context);
      return host;
    };
    return { ...stemcells(open, context), ...vms(open, context), ...disks(open, context), ...snapshots(open, context) };
  },
};
