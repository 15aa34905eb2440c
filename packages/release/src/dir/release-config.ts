import { join } from 'node:path';
import { ExpectedError, readIfThere } from '@boti/core';
import { loadYaml } from '@boti/manifest';
import { z } from 'zod';
import { problems } from '../formats/release-manifest.ts';

const options = z.record(z.string(), z.unknown()).nullish();
const blobstore = z.object({ provider: z.string().nullish(), options }).nullish();
const finalSchema = z.object({
  name: z.string().nullish(),
  final_name: z.string().nullish(),
  blobstore,
  no_compression: z.boolean().nullish(),
});
const privateSchema = z.object({ blobstore });

export interface BlobstoreConfig {
  readonly provider: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Named in errors. */
  readonly file: string;
}

export interface ReleaseConfig {
  /** Throws unless config/final.yml has a name. */
  name(): string;
  readonly noCompression: boolean;
  /** Throws unless a provider is configured. config/private.yml is merged over config/final.yml. */
  blobstore(): BlobstoreConfig;
}

export async function readReleaseConfig(dir: string): Promise<ReleaseConfig> {
  const file = join(dir, 'config/final.yml');
  const final = await read(file, finalSchema);
  const secret = await read(join(dir, 'config/private.yml'), privateSchema);
  return {
    name: () => releaseName(file, final),
    noCompression: final.no_compression === true,
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

async function read<T extends z.ZodType>(file: string, schema: T): Promise<z.output<T>> {
  const text = (await readIfThere(file)) ?? '';
  const result = schema.safeParse(loadYaml(text, { file }) ?? {});
  if (result.success) return result.data;
  throw new ExpectedError(`Config '${file}' is not valid:\n${problems(result.error)}`);
}
