import { type Clock, closest, ExpectedError } from '@boti/core';
import { z } from 'zod';
import type { Blobstore } from './blobstore.ts';
import { davBlobstore, davOptions } from './dav-blobstore.ts';
import { localBlobstore } from './local-blobstore.ts';
import { s3Blobstore, s3Options } from './s3-blobstore.ts';

/** As in Director configuration and agent settings. */
export interface BlobstoreConfig {
  readonly provider: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const localOptions = z.object({ blobstore_path: z.string() });

/** A new provider is one line here. Directors know some by the name of upstream's client. */
const providers: Readonly<Record<string, (options: unknown, clock: Clock | undefined) => Blobstore>> = {
  local: (options) => localBlobstore(parse('local', localOptions, options).blobstore_path),
  dav: (options, clock) => davBlobstore(parse('dav', davOptions, options), clock),
  davcli: (options, clock) => davBlobstore(parse('davcli', davOptions, options), clock),
  s3: (options, clock) => s3Blobstore(parse('s3', s3Options, options), clock),
  s3cli: (options, clock) => s3Blobstore(parse('s3cli', s3Options, options), clock),
};

export function createBlobstore({ provider, options }: BlobstoreConfig, clock?: Clock): Blobstore {
  const create = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  if (create !== undefined) return create(options, clock);
  const names = Object.keys(providers);
  const near = closest(provider, names);
  throw new ExpectedError(`There is no blobstore provider '${provider}'`, {
    hint: near === undefined ? `Use one of ${names.join(', ')}.` : `Did you mean '${near}'?`,
  });
}

function parse<Schema extends z.ZodType>(provider: string, schema: Schema, options: unknown): z.output<Schema> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  // Only paths and rules: values may be secrets.
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
  throw new ExpectedError(`The options of the '${provider}' blobstore are not usable: ${problems.join('; ')}`, {
    hint: 'Correct the blobstore options.',
  });
}
