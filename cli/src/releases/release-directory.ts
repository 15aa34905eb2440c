import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createBlobstore } from '@boti/blobstore';
import { blobId } from '@boti/core';
import { type DirectoryOptions, type OpenReleaseBlobstore, openLocalReleaseBlobstore } from '@boti/release';
import { textOr } from '../arguments/option-spec.ts';
import type { CommandContext } from '../command.ts';

/** The flag of every command on a release directory. */
export const dirOption = { dir: textOr('.', 'Release directory', { placeholder: 'DIR' }) };

/** How such a command reaches its directory, the cache, the blobstore and the user. */
export function releaseDirectory({ ui, env, signal }: CommandContext, dir: string): DirectoryOptions {
  return {
    dir: resolve(dir),
    cacheDir: join(env.HOME ?? homedir(), '.bosh/cache'),
    openBlobstore,
    onProgress: (message) => ui.raw(`${message}\n`),
    signal,
  };
}

/** `local` as upstream lays it out; every other provider is one of the Director's. */
const openBlobstore: OpenReleaseBlobstore = (config, dir) => {
  if (config.provider === 'local') return openLocalReleaseBlobstore(config, dir);
  const blobstore = createBlobstore(config);
  const withSignal = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
  return {
    put: (path, signal) => blobstore.put({ path }, withSignal(signal)),
    get: (id, path, signal) => blobstore.get(blobId(id), path, withSignal(signal)),
  };
};
