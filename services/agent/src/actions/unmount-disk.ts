import { within } from '../action-error.ts';
import type { Action, Deps } from './action.ts';

export function unmountDisk({ disks }: Deps): Action<'unmount_disk'> {
  return {
    name: 'unmount_disk',
    mode: 'async',
    minArgs: 1,
    isCancellable: true,
    async run([cid], { signal }) {
      const wasMounted = await within('Unmounting persistent disk', () => disks.unmount(cid, signal));
      return { message: wasMounted ? `Unmounted partition of ${cid}` : `Partition of ${cid} is not mounted` };
    },
  };
}
