import { within } from '../action-error.ts';
import type { Action, Deps } from './action.ts';

export function unmountDisk({ disks }: Deps): Action<'unmount_disk'> {
  return {
    name: 'unmount_disk',
    mode: 'async',
    minArgs: 1,
    async run([cid]) {
      const wasMounted = await within('Unmounting persistent disk', () => disks.unmount(cid));
      return { message: wasMounted ? `Unmounted partition of ${cid}` : `Partition of ${cid} is not mounted` };
    },
  };
}
