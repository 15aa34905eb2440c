import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';

export class BlobTooLarge extends Error {}
export class ClientBrokeOff extends Error {}

/**
 * The body of an upload as a stream of its own: that it fails or is given up leaves the connection alive, so that the
 * client can be told why.
 */
export function uploadBody(request: IncomingMessage, maxBytes: number): Readable {
  let received = 0;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received > maxBytes) done(new BlobTooLarge());
      else done(null, chunk);
    },
  });
  // Whoever reads the body sees the error; before anybody does it must not end the process.
  body.on('error', () => undefined);
  request.on('error', () => undefined);
  request.once('close', () => {
    if (!request.complete) body.destroy(new ClientBrokeOff());
  });
  return request.pipe(body);
}
