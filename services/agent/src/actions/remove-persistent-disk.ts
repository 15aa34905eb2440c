import type { Action, Deps } from './action.ts';

export function removePersistentDisk({ settings }: Deps): Action<'remove_persistent_disk'> {
  return {
    name: 'remove_persistent_disk',
    mode: 'async',
    minArgs: 1,
    async run([cid]) {
      await settings.removeDiskHint(cid);
      return {};
    },
  };
}
