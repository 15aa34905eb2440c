import { isIP } from 'node:net';
import { tryCommand } from '@boti/core';
import type { Action, Deps } from './action.ts';

export function deleteArpEntries({ changesSystem }: Deps): Action<'delete_arp_entries'> {
  return {
    name: 'delete_arp_entries',
    mode: 'sync',
    minArgs: 1,
    async run([{ ips }]) {
      for (const ip of ips) if (changesSystem && isIP(ip) !== 0) await tryCommand('ip', ['neigh', 'flush', 'to', ip]);
      return {};
    },
  };
}
