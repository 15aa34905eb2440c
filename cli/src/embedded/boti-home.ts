import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errnoOf, writeFileAtomic } from '@boti/core';
import type { Environment } from '../arguments/parse-arguments.ts';
import { type Addresses, readAddresses } from './addresses.ts';

/** Where everything of the embedded Director and cloud is kept. */
export interface BotiHome {
  readonly dir: string;
  readonly credentials: string;
  readonly certificates: string;
  /** Configuration files of the components. */
  readonly etc: string;
  readonly log: string;
  readonly run: string;
  readonly director: string;
  readonly blobs: string;
  readonly cloud: string;
  /** Stemcells, compiled packages, release archives: kept by `down`. */
  readonly cache: string;
  readonly work: string;
  /** Generated values of the example's variables. */
  readonly exampleVars: string;
  /** Which version of the example release was uploaded, and from what. */
  readonly exampleRelease: string;
  readonly addresses: Addresses;
}

export function botiHome(env: Environment, stateDir: string | undefined): BotiHome {
  const dir = stateDir ?? (env.BOTI_HOME || (process.getuid?.() === 0 ? '/var/lib/boti' : join(homedir(), '.boti')));
  return {
    dir,
    credentials: join(dir, 'credentials.json'),
    certificates: join(dir, 'certificates'),
    etc: join(dir, 'etc'),
    log: join(dir, 'log'),
    run: join(dir, 'run'),
    director: join(dir, 'director'),
    blobs: join(dir, 'blobs'),
    cloud: join(dir, 'cloud'),
    cache: readCacheDir(dir) ?? usualCache(dir),
    work: join(dir, 'work'),
    exampleVars: join(dir, 'example-vars.yml'),
    exampleRelease: join(dir, 'example-release.json'),
    addresses: readAddresses(dir),
  };
}

export const usualCache = (dir: string): string => join(dir, 'cache');

const cacheDirFile = (dir: string): string => join(dir, 'cache-dir');

/** As an earlier `up` was told. */
function readCacheDir(dir: string): string | undefined {
  try {
    return readFileSync(cacheDirFile(dir), 'utf8').trimEnd() || undefined;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** For the next `up`, and for `down` to tell where the caches are. */
export async function recordCacheDir({ dir, cache }: BotiHome): Promise<void> {
  await writeFileAtomic(cacheDirFile(dir), `${cache}\n`, 0o600);
}
