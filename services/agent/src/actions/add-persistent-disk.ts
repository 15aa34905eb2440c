import type { Action, Deps } from './action.ts';

export function addPersistentDisk({ settings }: Deps): Action<'add_persistent_disk'> {
  return {
    name: 'add_persistent_disk',
    mode: 'async',
    minArgs: 2,
    async run([cid, hint]) {
      await settings.addDiskHint(cid, hint);
      return {};
    },
  };
}
