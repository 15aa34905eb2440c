import { join } from 'node:path';
import { linkAtomically } from '../apply/bundles.ts';
import type { Action, Deps } from './action.ts';

export function addDynamicDisk({ dirs, disks }: Deps): Action<'add_dynamic_disk'> {
  return {
    name: 'add_dynamic_disk',
    mode: 'async',
    minArgs: 2,
    async run([cid, hint]) {
      await linkAtomically(await disks.deviceOf(hint), join(dirs.dynamicDisks, cid));
      return {};
    },
  };
}
