import { runCommand } from '@boti/core';
import type { Action, Deps } from './action.ts';

export function shutdown({ changesSystem }: Deps): Action<'shutdown'> {
  return {
    name: 'shutdown',
    mode: 'sync',
    async run() {
      if (changesSystem) await runCommand('shutdown', ['-P', '0']);
      return '';
    },
  };
}
