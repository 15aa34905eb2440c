import { within } from '../action-error.ts';
import type { Action, Deps } from './action.ts';

export function mountDisk({ disks, settings }: Deps): Action<'mount_disk'> {
  return {
    name: 'mount_disk',
    mode: 'async',
    minArgs: 1,
    async run([cid], { signal }) {
      await within('Refreshing the settings', () => settings.load(signal));
      await within('Mounting persistent disk', () => disks.mount(cid));
      return {};
    },
  };
}
