// sync-blobs of 100 blobs of 2 MB into an empty release directory with an empty cache: from our DAV server with TLS and
// password, and from a server with the part of S3 that reading a public bucket needs. Upstream's CLI (BOSH_CLI) knows no
// DAV, so the two are compared by the latter.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createBlobstore } from '@boti/blobstore';
import { blobId, digestOf, mapConcurrent, openTempDir } from '@boti/core';
import { startProgram, testCertificates } from '@boti/testkit';
import { compareClis } from './support/compare-clis.ts';
import { isQuick } from './support/report.ts';

const blobs = Array.from({ length: 100 }, (_, index) => ({ id: `blob-${index}`, content: randomBytes(2_000_000) }));
const contents = new Map(blobs.map(({ id, content }) => [id, content]));
const rounds = isQuick ? 2 : 5;

await using folder = await openTempDir('boti-bench-blobs-');
await using stack = new AsyncDisposableStack();
await measure('sync-blobs/dav', await startDav(), true);
await measure('sync-blobs/s3', await startPublicBucket(), false);

async function measure(name: string, provider: object, isOursOnly: boolean): Promise<void> {
  const release = join(folder.path, name);
  await mkdir(join(release, 'config'), { recursive: true });
  await writeFile(join(release, 'config/final.yml'), JSON.stringify({ name: 'blobs', blobstore: provider }));
  const index = blobs.map(({ id, content }) => [
    `files/${id}`,
    { size: content.length, object_id: id, sha: digestOf(content) },
  ]);
  await writeFile(join(release, 'config/blobs.yml'), JSON.stringify(Object.fromEntries(index)));
  await compareClis({
    name,
    args: ['sync-blobs', '--dir', release, '-n'],
    home: join(folder.path, 'home'),
    rounds,
    isOursOnly,
    async prepare(home) {
      await rm(join(release, 'blobs'), { recursive: true, force: true });
      await rm(home, { recursive: true, force: true });
      await mkdir(home);
    },
  });
}

/** The real DAV server with the blobs in it; answers the configuration for config/final.yml. */
async function startDav(): Promise<object> {
  const { ca, https } = await testCertificates();
  const files = { certificate_file: join(folder.path, 'certificate'), private_key_file: join(folder.path, 'key') };
  await writeFile(files.certificate_file, https.certificate);
  await writeFile(files.private_key_file, https.privateKey);
  const users = { read: [], write: [{ user: 'writer', password: 'secret' }] };
  const listen = [{ host: '127.0.0.1', port: 0 }];
  const config = { directory: join(folder.path, 'store'), listen, users, secret: 'x', log_level: 'error', tls: files };
  await writeFile(join(folder.path, 'server.json'), JSON.stringify(config));
  const main = join(import.meta.dirname, '../services/blobstore-server/src/main.ts');
  const server = await startProgram(main, '--config', join(folder.path, 'server.json'));
  stack.defer(() => server.stop());
  const tls = { cert: { ca: ca.certificate } };
  const provider = { provider: 'dav', options: { endpoint: server.urls[0], user: 'writer', password: 'secret', tls } };
  const store = createBlobstore(provider);
  await mapConcurrent(blobs, 5, async ({ id, content }) => {
    const path = join(folder.path, id);
    await writeFile(path, content);
    await store.put({ path }, { id: blobId(id) });
  });
  return provider;
}

async function startPublicBucket(): Promise<object> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const options = { bucket_name: 'bucket', credentials_source: 'none', host: '127.0.0.1', port, use_ssl: false };
  return { provider: 's3', options };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const content = contents.get(request.url?.split('?')[0]?.split('/').at(-1) ?? '');
  if (content === undefined) return void response.writeHead(404).end();
  const [, start = '0', end = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const last = Math.min(Number(end || content.length - 1), content.length - 1);
  const part = content.subarray(Number(start), last + 1);
  const range = { 'content-range': `bytes ${start}-${last}/${content.length}` };
  const status = request.headers.range === undefined ? 200 : 206;
  response.writeHead(status, { 'content-length': part.length, etag: '"x"', ...(status === 206 ? range : {}) });
  response.end(request.method === 'HEAD' ? undefined : part);
}
