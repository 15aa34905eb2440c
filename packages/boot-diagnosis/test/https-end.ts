import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyAndCertificate } from '@boti/certificates';

export interface HttpsEnd extends AsyncDisposable {
  readonly port: number;
}

/** An agent's HTTPS server that knows `user:pass` and, if told so, another time. */
export async function startHttpsEnd(tls: KeyAndCertificate, clockOffsetMs = 0): Promise<HttpsEnd> {
  const server: Server = createServer({ key: tls.privateKey, cert: tls.certificate }, (request, response) => {
    const known = request.headers.authorization === `Basic ${Buffer.from('user:pass').toString('base64')}`;
    response.sendDate = false;
    response.setHeader('date', new Date(Date.now() + clockOffsetMs).toUTCString());
    response.writeHead(known ? 200 : 401).end(JSON.stringify({ value: 'pong' }));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
