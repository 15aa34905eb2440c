import { within } from '../action-error.ts';
import { packLogs } from '../logs.ts';
import type { Action, Deps } from './action.ts';

export function fetchLogsWithSignedUrl({ blobs, dirs }: Deps): Action<'fetch_logs_with_signed_url'> {
  return {
    name: 'fetch_logs_with_signed_url',
    mode: 'async',
    minArgs: 1,
    secret: true,
    async run([request]) {
      await using tarball = await within('Making logs tarball', () =>
        packLogs(dirs, request.log_type, request.filters),
      );
      const upload = () => blobs.storeAt(tarball.path, request.signed_url, request.blobstore_headers);
      return { sha1: await within('Create file on blobstore', upload) };
    },
  };
}
