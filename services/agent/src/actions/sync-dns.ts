import { syncDnsRecords } from '../network/dns-records.ts';
import type { Action, Deps } from './action.ts';

export function syncDns(deps: Deps): Action<'sync_dns'> {
  return {
    name: 'sync_dns',
    mode: 'sync',
    minArgs: 3,
    async run([blobId, digest, version]) {
      await syncDnsRecords(deps, { blobId, digest }, version);
      return 'synced';
    },
  };
}
