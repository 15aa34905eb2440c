import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { testCertificates } from '@boti/testkit';
import { createDirectorClient, type DirectorAuth, type DirectorClient } from '../src/index.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown;

export interface StandIn extends AsyncDisposable {
  readonly client: DirectorClient;
  readonly url: string;
  /** `GET /info` of each request, in order. */
  readonly requests: readonly string[];
}

const certificates = await testCertificates();

/** A server that answers as the test says, and a client of it. `refuse` answers 401 without reading the body. */
export async function standIn(answer: Answer | 'refuse', auth: DirectorAuth, signal?: AbortSignal): Promise<StandIn> {
  const requests: string[] = [];
  const { privateKey: key, certificate: cert } = certificates.https;
  const server = createServer({ key, cert }, async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (answer === 'refuse') {
      response.writeHead(401).end('Not authorized');
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    answer(request, response, Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createDirectorClient({ url, caCert: certificates.ca.certificate, auth, signal });
  return {
    client,
    url,
    requests,
    async [Symbol.asyncDispose]() {
      client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
