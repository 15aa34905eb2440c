import { within } from '../action-error.ts';
import { installTrustedCertificates } from '../bootstrap/trusted-certificates.ts';
import type { Action, Deps } from './action.ts';

export function updateSettings(deps: Deps): Action<'update_settings'> {
  const { changesSystem, disks, restart, settings } = deps;
  return {
    name: 'update_settings',
    mode: 'async',
    minArgs: 1,
    isPersistent: true,
    secret: true,
    async run([update], { signal, taskId }) {
      await settings.load(signal);
      for (const { name, cid } of update.disk_associations ?? []) await disks.associate(name, cid);
      const certificates = update.trusted_certs ?? '';
      if (changesSystem && certificates !== (settings.update.trusted_certs ?? '')) {
        await within('Updating trusted certificates', () => installTrustedCertificates(deps.dirs, certificates));
      }
      if (await settings.saveUpdate(update)) return await restart(taskId);
      return 'ok';
    },
  };
}
