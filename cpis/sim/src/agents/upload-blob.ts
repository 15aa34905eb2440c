import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { dirname, join } from 'node:path';
import type { BlobstoreSettings } from '@boti/agent-protocol';
import { z } from 'zod';

const localSchema = z.looseObject({ blobstore_path: z.string() });
const davSchema = z.looseObject({
  endpoint: z.string(),
  user: z.string().optional(),
  password: z.string().optional(),
  tls: z.looseObject({ cert: z.looseObject({ ca: z.string().optional() }).optional() }).nullish(),
});

/** Stores a blob as an agent does and answers its id. */
export async function putBlob({ provider, options }: BlobstoreSettings, content: Buffer): Promise<string> {
  const id = randomUUID();
  const path = `${createHash('sha1').update(id).digest('hex').slice(0, 2)}/${id}`;
  if (provider === 'local') {
    const file = join(localSchema.parse(options).blobstore_path, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return id;
  }
  if (provider !== 'dav') throw new Error(`simulated agents know the blobstores local and dav, not '${provider}'`);
  const { endpoint, user, password, tls } = davSchema.parse(options);
  const headers = user === undefined ? {} : { authorization: basic(user, password ?? '') };
  await put(`${endpoint.replace(/\/+$/, '')}/${path}`, content, { headers, ca: tls?.cert?.ca });
  return id;
}

export async function putSigned(
  url: string,
  content: Buffer,
  headers: Readonly<Record<string, string>> | undefined,
  ca: string | undefined,
): Promise<void> {
  await put(url, content, { headers: headers ?? {}, ca });
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function put(
  url: string,
  content: Buffer,
  { headers, ca }: { readonly headers: Readonly<Record<string, string>>; readonly ca: string | undefined },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const start = url.startsWith('https:') ? requestHttps : requestHttp;
  const options = { method: 'PUT', headers: { ...headers, 'content-length': content.length }, ...(ca && { ca }) };
  const request = start(url, options, (response) => {
    response.resume();
    const status = response.statusCode ?? 0;
    const { origin, pathname } = new URL(url);
    if (status >= 200 && status < 300) resolve();
    else reject(new Error(`PUT ${origin}${pathname} was answered with ${status}`));
  });
  request.on('error', reject);
  request.end(content);
  return promise;
}
