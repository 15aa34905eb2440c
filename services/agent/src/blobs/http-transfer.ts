import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ExpectedError } from '@boti/core';

export interface TransferOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `user:password` */
  readonly auth?: string | undefined;
  readonly ca?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const idleTimeoutMs = 60_000;

/** Streams a URL to a file. */
export async function download(url: string, path: string, options: TransferOptions = {}): Promise<void> {
  const response = await send('GET', url, options);
  await expectSuccess(response, 'GET', url);
  await pipeline(response, createWriteStream(path, { mode: 0o600 }));
}

/** Streams a file to a URL. */
export async function upload(path: string, url: string, options: TransferOptions = {}): Promise<void> {
  const { size } = await stat(path);
  const headers = { ...options.headers, 'content-length': String(size) };
  const response = await send('PUT', url, { ...options, headers }, path);
  await expectSuccess(response, 'PUT', url);
  response.resume();
}

/** A small page and its status; other than 2xx is no error here. */
export async function fetchText(
  verb: 'GET' | 'PUT',
  url: string,
  options: TransferOptions,
): Promise<{ readonly status: number; readonly body: string }> {
  const response = await send(verb, url, options);
  return { status: response.statusCode ?? 0, body: await text(response) };
}

function send(verb: string, url: string, options: TransferOptions, bodyPath?: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { protocol } = new URL(url);
  const open = protocol === 'http:' ? httpRequest : httpsRequest;
  const request = open(url, {
    method: verb,
    headers: options.headers ?? {},
    timeout: idleTimeoutMs,
    ...(options.auth !== undefined && { auth: options.auth }),
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.signal && { signal: options.signal }),
  });
  request.on('response', resolve);
  request.on('error', (cause) => reject(new ExpectedError(`${verb} ${publicPart(url)}: ${cause.message}`, { cause })));
  request.on('timeout', () => request.destroy(new Error(`no data for ${idleTimeoutMs / 1000} s`)));
  if (bodyPath === undefined) request.end();
  else pipeline(createReadStream(bodyPath), request).catch(reject);
  return promise;
}

async function expectSuccess(response: IncomingMessage, verb: string, url: string): Promise<void> {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return;
  const answer = (await text(response)).trim().slice(0, 300);
  throw new ExpectedError(`${verb} ${publicPart(url)} answered ${status}${answer === '' ? '' : `: ${answer}`}`);
}

/** Signatures stand in the query, passwords before the host: neither belongs into an error. */
function publicPart(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
