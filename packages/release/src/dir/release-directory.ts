import { homedir } from 'node:os';
import { join } from 'node:path';
import { removeAbandoned } from './partial-file.ts';
import { type OpenReleaseBlobstore, openLocalReleaseBlobstore, type ReleaseBlobstore } from './release-blobstore.ts';
import { type ReleaseConfig, readReleaseConfig } from './release-config.ts';

/** What every command on a release directory can be told. */
export interface DirectoryOptions {
  readonly dir: string;
  /** Archives and blobs by digest, shared by all releases; `~/.bosh/cache` by default. */
  readonly cacheDir?: string;
  /** Opens the blobstore of config/final.yml; only `local` is known by default. */
  readonly openBlobstore?: OpenReleaseBlobstore;
  /** Archives packed, and blobs carried, at once; 5 by default. */
  readonly parallel?: number;
  /** Called before each step that may take long. */
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export interface ReleaseDirectory {
  readonly dir: string;
  readonly cacheDir: string;
  readonly config: ReleaseConfig;
  readonly parallel: number;
  readonly signal: AbortSignal | undefined;
  progress(message: string): void;
  /** Opened at the first call, so that commands that need none work without. */
  blobstore(): ReleaseBlobstore;
}

export async function openReleaseDirectory(options: DirectoryOptions): Promise<ReleaseDirectory> {
  const { dir, signal, onProgress, openBlobstore = openLocalReleaseBlobstore } = options;
  const cacheDir = options.cacheDir ?? join(homedir(), '.bosh/cache');
  const config = await readReleaseConfig(dir);
  await removeAbandoned(cacheDir);
  let opened: ReleaseBlobstore | undefined;
  return {
    dir,
    cacheDir,
    config,
    parallel: options.parallel ?? 5,
    signal,
    progress: (message) => onProgress?.(message),
    blobstore() {
      opened ??= openBlobstore(config.blobstore(), dir);
      return opened;
    },
  };
}
