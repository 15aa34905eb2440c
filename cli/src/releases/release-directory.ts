import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Blobstore } from '@boti/blobstore';
import { blobId } from '@boti/core';
import { type DirectoryOptions, type OpenReleaseBlobstore, openLocalReleaseBlobstore } from '@boti/release';
import { textOr } from '../arguments/option-spec.ts';
import type { CommandContext } from '../command.ts';

/** The flag of every command on a release directory. */
export const dirOption = { dir: textOr('.', 'Release directory', { placeholder: 'DIR' }) };

/** How such a command reaches its directory, the cache, the blobstore and the user. */
export function releaseDirectory({ ui, globals, env, signal }: CommandContext, dir: string): DirectoryOptions {
  return {
    dir: resolve(dir),
    cacheDir: join(env.HOME ?? homedir(), '.bosh/cache'),
    openBlobstore,
    parallel: globals.parallel,
    onProgress: (message) => ui.raw(`${message}\n`),
    signal,
  };
}

/** `local` as upstream lays it out; every other provider is one of the Director's, loaded when the first blob travels. */
const openBlobstore: OpenReleaseBlobstore = (config, dir) => {
  if (config.provider === 'local') return openLocalReleaseBlobstore(config, dir);
  let opened: Promise<Blobstore> | undefined;
  const blobstore = (): Promise<Blobstore> => {
    opened ??= import('@boti/blobstore').then(({ createBlobstore }) => createBlobstore(config));
    return opened;
  };
  const withSignal = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
  return {
    put: async (path, signal) => await (await blobstore()).put({ path }, withSignal(signal)),
    get: async (id, path, { digest, signal }) =>
      await (await blobstore()).get(blobId(id), path, { digest, ...withSignal(signal), isFleeting: true }),
  };
};
