import type { Action, Deps } from './action.ts';

export function listDisk({ disks }: Deps): Action<'list_disk'> {
  return { name: 'list_disk', mode: (protocol) => (protocol >= 3 ? 'async' : 'sync'), run: () => disks.list() };
}
