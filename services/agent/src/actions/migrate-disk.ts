import { within } from '../action-error.ts';
import type { Action, Deps } from './action.ts';

export function migrateDisk({ disks }: Deps): Action<'migrate_disk'> {
  return {
    name: 'migrate_disk',
    mode: 'async',
    async run() {
      await within('Migrating persistent disk', () => disks.migrate());
      return {};
    },
  };
}
