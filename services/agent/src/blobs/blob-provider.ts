import { createHash } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobstoreSettings } from '@boti/agent-protocol';
import { ExpectedError, runCommand, writeFileAtomic } from '@boti/core';
import { z } from 'zod';
import type { Dirs } from '../dirs.ts';
import { download, upload } from './http-transfer.ts';

/** The blobstore that the settings name. */
export interface BlobProvider {
  get(id: string, path: string): Promise<void>;
  put(path: string, id: string): Promise<void>;
}

/** `dav` and `local` are built in; any other provider X is the program `bosh-blobstore-X`. Source: bosh-utils/blobstore. */
export function blobProvider({ provider, options }: BlobstoreSettings, dirs: Dirs): BlobProvider {
  if (provider === 'dav') return davProvider(options ?? {});
  if (provider === 'local') return localProvider(options ?? {}, dirs);
  return externalProvider(provider, options ?? {}, dirs);
}

const davSchema = z.looseObject({
  endpoint: z.string(),
  user: z.string().nullish(),
  password: z.string().nullish(),
  tls: z.looseObject({ cert: z.looseObject({ ca: z.string().nullish() }).nullish() }).nullish(),
});

function davProvider(options: Readonly<Record<string, unknown>>): BlobProvider {
  const { endpoint, user, password, tls } = davSchema.parse(options);
  const transfer = {
    ...(user && { auth: `${user}:${password ?? ''}` }),
    ...(tls?.cert?.ca && { ca: tls.cert.ca }),
  };
  return {
    get: (id, path) => download(davUrl(endpoint, id), path, transfer),
    put: (path, id) => upload(path, davUrl(endpoint, id), transfer),
  };
}

function davUrl(endpoint: string, id: string): string {
  const prefix = createHash('sha1').update(id).digest('hex').slice(0, 2);
  return `${endpoint.replace(/\/$/, '')}/${prefix}/${id}`;
}

function localProvider(options: Readonly<Record<string, unknown>>, dirs: Dirs): BlobProvider {
  const given = options.blobstore_path;
  if (typeof given !== 'string') throw new ExpectedError("The blobstore 'local' has no blobstore_path");
  // BOSH: the path of create-env's blobstore stands for the agent's own directory.
  const dir = given === join(dirs.base, 'micro_bosh/data/cache') ? dirs.blobs : given;
  return {
    get: (id, path) => copyFile(join(dir, id), path),
    async put(path, id) {
      await mkdir(dir, { recursive: true });
      await copyFile(path, join(dir, id));
    },
  };
}

function externalProvider(provider: string, options: unknown, dirs: Dirs): BlobProvider {
  const config = join(dirs.bosh, `etc/blobstore-${provider}.json`);
  const run = async (...args: string[]): Promise<void> => {
    await mkdir(join(dirs.bosh, 'etc'), { recursive: true });
    await writeFileAtomic(config, JSON.stringify(options), 0o600);
    await runCommand(`bosh-blobstore-${provider}`, ['-c', config, ...args]);
  };
  return { get: (id, path) => run('get', id, path), put: (path, id) => run('put', path, id) };
}
