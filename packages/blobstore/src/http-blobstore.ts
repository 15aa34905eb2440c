import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type BlobId, blobId, DigestMismatch, openTempDir, retry } from '@boti/core';
import type { BlobReadOptions, Blobstore } from './blobstore.ts';
import { BlobNotFound, BlobstoreRefused, BlobstoreUnreachable, InvalidBlobId } from './blobstore-errors.ts';
import { type Connections, sendRequest } from './send-request.ts';
import { throughDigest } from './verify-stream.ts';
import { writeStreamAtomic } from './write-stream-atomic.ts';

export type HttpVerb = 'GET' | 'HEAD' | 'PUT' | 'DELETE';

/** What tells one HTTP blobstore from another. */
export interface HttpProvider extends Pick<Blobstore, 'signedUrl' | 'agentSettings'> {
  /** Named in errors, without credentials. */
  readonly where: string;
  readonly attempts: number;
  readonly connections: Connections;
  address(verb: HttpVerb, id: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> };
}

interface Call {
  readonly verb: HttpVerb;
  readonly id: string;
  readonly signal: AbortSignal | undefined;
  readonly body?: { readonly path: string; readonly bytes: number };
}

const retryDelayMs = 500;
const actions = { GET: 'read', HEAD: 'look for', PUT: 'store', DELETE: 'delete' } as const;

/** A blobstore behind GET, HEAD, PUT and DELETE of one URL a blob. */
export function httpBlobstore(provider: HttpProvider): Blobstore {
  const { where } = provider;

  async function open(id: BlobId, { digest, signal }: BlobReadOptions = {}): Promise<Readable> {
    const body = await attempt(provider, { verb: 'GET', id, signal }, (call) => send(provider, call));
    return throughDigest(body, id, digest);
  }

  return {
    async put(content, { id = blobId(randomUUID()), signal } = {}) {
      await using cleanup = new AsyncDisposableStack();
      const path = 'path' in content ? content.path : await spool(content.stream, cleanup, signal);
      const body = { path, bytes: (await stat(path)).size };
      await attempt(provider, { verb: 'PUT', id, signal, body }, (call) => sendAndDiscard(provider, call));
      return id;
    },
    open,
    async get(id, path, { digest, signal, isFleeting = false } = {}) {
      await attempt(provider, { verb: 'GET', id, signal }, async (call) => {
        const content = await send(provider, call);
        const check = { expected: digest, what: `Blob '${id}'` };
        await writeStreamAtomic(path, content, { signal, mode: 0o644, isLasting: !isFleeting, ...check });
      });
    },
    async exists(id, { signal } = {}) {
      try {
        await attempt(provider, { verb: 'HEAD', id, signal }, (call) => sendAndDiscard(provider, call));
        return true;
      } catch (error) {
        if (error instanceof BlobNotFound) return false;
        throw error;
      }
    },
    async delete(id, { signal } = {}) {
      try {
        await attempt(provider, { verb: 'DELETE', id, signal }, (call) => sendAndDiscard(provider, call));
      } catch (error) {
        if (!(error instanceof BlobNotFound)) throw error;
      }
    },
    signedUrl: provider.signedUrl,
    agentSettings: provider.agentSettings,
  };

  async function attempt<T>(target: HttpProvider, call: Call, work: (call: Call) => Promise<T>): Promise<T> {
    const { attempts } = target;
    const signal = call.signal === undefined ? {} : { signal: call.signal };
    try {
      return await retry({ attempts, delayMs: retryDelayMs, isRetriable, ...signal }, () => work(call));
    } catch (error) {
      call.signal?.throwIfAborted();
      if (isVerdict(error)) throw error;
      throw new BlobstoreUnreachable(`${actions[call.verb]} blob '${call.id}'`, where, error);
    }
  }
}

/** Sends once; answers the body of a success. */
async function send(provider: HttpProvider, { verb, id, signal, body }: Call): Promise<Readable> {
  const { url, headers } = provider.address(verb, id);
  const { connections } = provider;
  const request = { method: verb, url, headers, connections, signal, ...(body === undefined ? {} : { body }) };
  const response = await sendRequest(request);
  const { statusCode: status = 0 } = response;
  if (status >= 200 && status < 300) return response;
  response.resume();
  if (response.statusCode === 404) throw new BlobNotFound(id, provider.where);
  throw new BlobstoreRefused(`${actions[verb]} blob '${id}'`, provider.where, status);
}

async function sendAndDiscard(provider: HttpProvider, call: Call): Promise<void> {
  for await (const _ of await send(provider, call)) {
    // The body of such answers is of no interest, but must be read for the connection to be used again.
  }
}

/** A stream can be sent again, and its length known, only once it is a file. */
async function spool(
  stream: Readable,
  cleanup: AsyncDisposableStack,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = join(cleanup.use(await openTempDir('boti-blob-')).path, 'blob');
  await writeStreamAtomic(path, stream, { signal });
  return path;
}

function isVerdict(error: unknown): boolean {
  const verdicts = [BlobNotFound, BlobstoreRefused, DigestMismatch, InvalidBlobId];
  return verdicts.some((verdict) => error instanceof verdict);
}

function isRetriable(error: unknown): boolean {
  if (error instanceof BlobstoreRefused) return error.status >= 500 && error.status !== 507;
  // Content that was damaged on its way may arrive whole the next time.
  if (error instanceof DigestMismatch) return true;
  return !isVerdict(error) && !(error instanceof Error && 'code' in error && isLocalProblem(error.code));
}

function isLocalProblem(code: unknown): boolean {
  return ['ENOSPC', 'EACCES', 'ENOENT', 'EISDIR', 'ENOTDIR', 'EROFS'].includes(String(code));
}
