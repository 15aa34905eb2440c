import { createWriteStream } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { ExpectedError, verifyFileDigest } from '@boti/core';
import type { Stage } from '../tasks/event-log.ts';
import type { TarballSource } from '../tasks/task-kinds.ts';

export interface LocalTarball extends AsyncDisposable {
  readonly path: string;
}

export interface TarballRequest {
  readonly source: TarballSource;
  readonly sha1: string | null;
  /** `stemcell` or `release`: for the stages' names. */
  readonly kind: 'stemcell' | 'release';
  /** Where a download goes. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly stage: Stage;
}

/** Number of stage tasks that `fetchTarball` will track for this source. */
export function fetchSteps(source: TarballSource, sha1: string | null): number {
  return (isRemote(source) ? 1 : 0) + (sha1 === null ? 0 : 1);
}

/** Brings an uploaded or named tarball to this machine and checks its digest. Disposing removes what is ours. */
export async function fetchTarball(request: TarballRequest): Promise<LocalTarball> {
  const { source, sha1, kind, stage } = request;
  const path = 'path' in source ? source.path : await locate(request);
  const isOurs = 'path' in source || isRemote(source);
  const local = { path, [Symbol.asyncDispose]: () => (isOurs ? rm(path, { force: true }) : Promise.resolve()) };
  if (sha1 === null) return local;
  try {
    await stage.track(`Verifying remote ${kind}`, () => verifyFileDigest(path, sha1, `The ${kind} tarball`));
    return local;
  } catch (error) {
    await local[Symbol.asyncDispose]();
    throw error;
  }
}

const isUrl = (location: string): boolean => /^https?:/.test(location);
const isRemote = (source: TarballSource): boolean => 'location' in source && isUrl(source.location);

async function locate({ source, path, kind, stage, signal }: TarballRequest): Promise<string> {
  if (!('location' in source)) return path;
  if (isUrl(source.location)) {
    await stage.track(`Downloading remote ${kind}`, () => download(source.location, path, signal));
    return path;
  }
  const local = source.location.replace(/^file:\/\//, '');
  await access(local).catch((cause: unknown) => {
    throw new ExpectedError(`The Director has no file '${local}'`, { cause });
  });
  return local;
}

async function download(url: string, path: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) {
    throw new ExpectedError(`Downloading '${withoutCredentials(url)}' failed: HTTP status ${response.status}`);
  }
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(path), { signal });
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
