import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Action, Deps } from './action.ts';

export function removeDynamicDisk({ dirs }: Deps): Action<'remove_dynamic_disk'> {
  return {
    name: 'remove_dynamic_disk',
    mode: 'sync',
    minArgs: 1,
    async run([cid]) {
      await rm(join(dirs.dynamicDisks, cid), { force: true });
      return {};
    },
  };
}
