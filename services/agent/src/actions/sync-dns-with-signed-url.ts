import { syncDnsRecords } from '../network/dns-records.ts';
import type { Action, Deps } from './action.ts';

export function syncDnsWithSignedUrl(deps: Deps): Action<'sync_dns_with_signed_url'> {
  return {
    name: 'sync_dns_with_signed_url',
    mode: 'sync',
    minArgs: 1,
    secret: true,
    async run([request]) {
      const { signed_url: signedUrl, multi_digest: digest, blobstore_headers: headers, version } = request;
      await syncDnsRecords(deps, { digest, signedUrl, headers }, version);
      return 'synced';
    },
  };
}
