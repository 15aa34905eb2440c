import { randomUUID } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ExpectedError, messageOf } from '@boti/core';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import type { z } from 'zod';
import { explainFullDisk } from '../disk-full.ts';
import { BadConfigRequest, InvalidJsonError, ValidationInvalidType, ValidationMissingField } from '../errors.ts';

export class BodyTooLarge extends ExpectedError {}

/** Manifests and configs; tarballs are streamed and may be of any size. */
const maxTextBytes = 64 * 1024 * 1024;

export async function readText(request: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxTextBytes) throw new BodyTooLarge(`The request is larger than ${maxTextBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export async function readJson<T>(request: Readable, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(parseJson(await readText(request)), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw bodyError(parsed.error);
}

/** The first thing that is wrong with a body, under BOSH's number for it. */
export function bodyError({ issues }: z.ZodError): Error {
  const [issue] = issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'invalid_type' && issue.input === undefined) {
    return new ValidationMissingField(`Required property '${path}' was not specified in the request`);
  }
  return new ValidationInvalidType(`Property '${path}' of the request is wrong: ${issue?.message ?? ''}`);
}

/** The JSON of a body; what is none is 710001. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidJsonError(`Invalid JSON request body: ${messageOf(error)}`);
  }
}

/**
 * Writes the body to a new file in `folder`. Nothing is left behind when the client goes away. What cannot be stored is
 * read to its end all the same: a connection that is cut would keep the reason from the client.
 */
export async function receiveFile(request: IncomingMessage, folder: string): Promise<{ readonly path: string }> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, randomUUID());
  try {
    if (request.headers['content-type']?.startsWith('multipart/form-data')) await receiveMultipart(request, path);
    else await pipeline(chunksOf(request), newFile(path));
    return { path };
  } catch (error) {
    await rm(path, { force: true });
    await drain(request);
    throw explainFullDisk(error, 'an upload', folder);
  }
}

/** Who stops to read these does not end the request, as `pipeline` would. */
async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
}

async function drain(request: IncomingMessage): Promise<void> {
  request.resume();
  await finished(request).catch(() => undefined);
}

/** What arrives while a write is under way is written at once by the next one. */
function newFile(path: string): WriteStream {
  return createWriteStream(path, { mode: 0o600, highWaterMark: 1 << 20 });
}

/** The first file of a form; its fields are not looked at. */
async function receiveMultipart(request: IncomingMessage, path: string): Promise<void> {
  const form = new Busboy({ headers: request.headers as BusboyHeaders });
  let stored: Promise<void> | undefined;
  form.on('file', (_field, file) => {
    if (stored !== undefined) {
      file.resume();
      return;
    }
    stored = pipeline(file, newFile(path));
    // Nobody reads the file any more: the form would wait for that for ever.
    stored.catch((error: Error) => form.destroy(error));
  });
  await pipeline(chunksOf(request), form);
  if (stored === undefined) throw new BadConfigRequest('The form holds no file');
  await stored;
}
