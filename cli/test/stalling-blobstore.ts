import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface StallingBlobstore extends AsyncDisposable {
  /** For config/final.yml. */
  readonly config: string;
  /** By id. */
  readonly blobs: Map<string, Buffer>;
  /** How many transfers stand still. */
  stalled(): number;
  /** From now on every transfer comes to its end. */
  letGo(): void;
}

/** A DAV blobstore that completes so many transfers, then stops in the middle of each. */
export async function startStallingBlobstore(completes: number): Promise<StallingBlobstore> {
  const blobs = new Map<string, Buffer>();
  let [left, stalled] = [completes, 0];
  const server = createServer((request, response) => {
    left -= 1;
    if (left < 0) stalled += 1;
    void answer({ request, response, blobs, isStalled: left < 0 });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    config: `blobstore: {provider: dav, options: {endpoint: "http://127.0.0.1:${port}"}}\n`,
    blobs,
    stalled: () => stalled,
    letGo() {
      left = Number.POSITIVE_INFINITY;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Transfer {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly blobs: Map<string, Buffer>;
  readonly isStalled: boolean;
}

async function answer({ request, response, blobs, isStalled }: Transfer): Promise<void> {
  const id = request.url?.split('/').at(-1) ?? '';
  if (request.method === 'PUT') {
    if (isStalled) return void request.once('data', () => request.pause());
    blobs.set(id, await buffer(request));
    return void response.writeHead(201).end();
  }
  const content = blobs.get(id) ?? Buffer.alloc(0);
  response.writeHead(200, { 'content-length': content.length });
  if (isStalled) response.write(content.subarray(0, 1000));
  else response.end(content);
}
