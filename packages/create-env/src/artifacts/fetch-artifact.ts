import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ExpectedError, isThere, messageOf, retry, verifyFileDigest } from '@boti/core';
import type { Stage } from '../stage.ts';

/** A tarball that the manifest names. */
export interface Artifact {
  /** `release 'boti'`, for people. */
  readonly what: string;
  /** file:// (relative paths count from the manifest), http:// or https://. */
  readonly url: string;
  /** BOSH's digest text; may be empty for files. */
  readonly sha1: string;
}

export interface ArtifactOptions {
  readonly manifestPath: string;
  /** Where downloads are kept. */
  readonly downloads: string;
  readonly signal: AbortSignal;
}

const attempts = 3;
const retryDelayMs = 1000;

/** The path of the tarball on this machine; fetched over HTTP unless it is in the cache, whole. */
export async function fetchArtifact(artifact: Artifact, options: ArtifactOptions, stage: Stage): Promise<string> {
  if (!artifact.url.startsWith('http')) return filePath(artifact.url, options.manifestPath);
  const path = cachePath(artifact, options.downloads);
  await stage.stepOrSkip(`Downloading ${artifact.what}`, async () => {
    if (await isWhole(path, artifact)) return 'Found in local cache';
    await download(artifact, path, options.signal);
    return undefined;
  });
  return path;
}

/** Throws unless the file has the digest that the manifest promises. */
// BOSH: upstream's CLI checks downloads only, so that a file:// that was replaced goes unnoticed.
export async function verifyArtifact(artifact: Artifact, path: string): Promise<void> {
  if (artifact.sha1 !== '') await verifyFileDigest(path, artifact.sha1, `The tarball of ${artifact.what} ('${path}')`);
}

function filePath(url: string, manifestPath: string): string {
  const path = url.replace(/^file:\/\//, '');
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(dirname(resolve(manifestPath)), path);
}

function cachePath({ url, sha1 }: Artifact, downloads: string): string {
  const name = `${createHash('sha1').update(url).digest('hex')}-${sha1.replaceAll(/[^A-Za-z0-9]/g, '-')}`;
  return join(downloads, name);
}

/** What was damaged in the cache is fetched again. */
async function isWhole(path: string, artifact: Artifact): Promise<boolean> {
  if (!(await isThere(path))) return false;
  try {
    await verifyArtifact(artifact, path);
    return true;
  } catch {
    await rm(path, { force: true });
    return false;
  }
}

async function download(artifact: Artifact, path: string, signal: AbortSignal): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await retry({ attempts, delayMs: retryDelayMs, signal, isRetriable: () => !signal.aborted }, async () => {
      await fetchTo(artifact.url, partial, signal);
      await verifyArtifact(artifact, partial);
    });
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    if (signal.aborted) throw cause;
    throw new ExpectedError(`Downloading ${artifact.what} from '${withoutCredentials(artifact.url)}'`, { cause });
  }
}

async function fetchTo(url: string, path: string, signal: AbortSignal): Promise<void> {
  const { href, headers } = credentialsAsHeader(url);
  const response = await fetch(href, { signal, headers }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new ExpectedError(messageOf(cause), { cause });
  });
  if (!response.ok || response.body === null) throw new ExpectedError(`The server answered ${response.status}`);
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(path, { mode: 0o600 }), { signal });
}

function credentialsAsHeader(url: string): { readonly href: string; readonly headers: Record<string, string> } {
  const { username, password } = new URL(url);
  if (username === '') return { href: url, headers: {} };
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return { href: withoutCredentials(url), headers: { authorization: `Basic ${basic}` } };
}

function withoutCredentials(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
