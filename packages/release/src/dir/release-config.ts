import { join } from 'node:path';
import { ExpectedError, readIfThere } from '@boti/core';
import { z } from 'zod';
import { type Checked, type CheckedFile, readChecked } from '../formats/read-checked.ts';

const options = z.record(z.string(), z.unknown()).nullish();
const blobstore = z.object({ provider: z.string().nullish(), options }).nullish();
const finalSchema = z.object({
  name: z.string().nullish(),
  final_name: z.string().nullish(),
  blobstore,
  no_compression: z.boolean().nullish(),
});
const privateSchema = z.object({ blobstore });

const blobstoreShape = { keys: { provider: 'anything', options: 'anything' } } as const;
const finalFile: CheckedFile<typeof finalSchema> = {
  what: 'Config',
  schema: finalSchema,
  shape: {
    keys: {
      name: 'anything',
      final_name: 'anything',
      blobstore: blobstoreShape,
      no_compression: 'anything',
      // Of the CLI before version 2.
      dev_name: 'anything',
      latest_release_filename: 'anything',
      min_cli_version: 'anything',
    },
  },
};
const privateFile: CheckedFile<typeof privateSchema> = {
  what: 'Config',
  schema: privateSchema,
  shape: { keys: { blobstore: blobstoreShape } },
};

export interface BlobstoreConfig {
  readonly provider: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Named in errors. */
  readonly file: string;
}

export interface ReleaseConfig {
  /** Throws unless config/final.yml has a name. */
  name(): string;
  /** The release's own tarball is a plain tar, still called .tgz. Packages say it for themselves. */
  readonly noCompression: boolean;
  /** One for each unknown key. */
  readonly warnings: readonly string[];
  /** Throws unless a provider is configured. config/private.yml is merged over config/final.yml. */
  blobstore(): BlobstoreConfig;
}

export async function readReleaseConfig(dir: string): Promise<ReleaseConfig> {
  const file = join(dir, 'config/final.yml');
  const { data: final, warnings: finalWarnings } = await read(file, finalFile);
  const { data: secret, warnings: privateWarnings } = await read(join(dir, 'config/private.yml'), privateFile);
  return {
    name: () => releaseName(file, final),
    noCompression: final.no_compression === true,
    warnings: [...finalWarnings, ...privateWarnings],
    blobstore() {
      const provider = secret.blobstore?.provider ?? final.blobstore?.provider ?? '';
      if (provider === '') {
        throw new ExpectedError(`Expected non-empty 'blobstore.provider' in config '${file}'`, {
          hint: 'For example: blobstore: {provider: local, options: {blobstore_path: /var/blobs}}.',
        });
      }
      return { provider, options: { ...final.blobstore?.options, ...secret.blobstore?.options }, file };
    },
  };
}

function releaseName(file: string, { name, final_name: finalName }: z.output<typeof finalSchema>): string {
  if (name && finalName) throw new ExpectedError(`Expected 'name' or 'final_name' but not both in config '${file}'`);
  const found = name || finalName;
  if (found) return found;
  throw new ExpectedError(`Expected non-empty 'name' in config '${file}'`, {
    hint: 'Run this in a release directory (or give it with --dir), or make one with init-release.',
  });
}

async function read<S extends z.ZodType>(file: string, kind: CheckedFile<S>): Promise<Checked<S>> {
  return readChecked((await readIfThere(file)) ?? '', file, kind);
}
