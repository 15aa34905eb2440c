import { within } from '../action-error.ts';
import { packLogs } from '../logs.ts';
import type { Action, Deps } from './action.ts';

export function fetchLogs({ blobs, dirs }: Deps): Action<'fetch_logs'> {
  return {
    name: 'fetch_logs',
    mode: 'async',
    minArgs: 2,
    async run([type, filters]) {
      await using tarball = await within('Making logs tarball', () => packLogs(dirs, type, filters));
      const { blobId, digest } = await within('Create file on blobstore', () => blobs.store(tarball.path));
      return { blobstore_id: blobId, sha1: digest };
    },
  };
}
