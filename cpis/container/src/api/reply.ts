import type { ServerResponse } from 'node:http';

const hearOutMs = 30_000;

/** Answers with JSON. A client that is still sending would lose the answer with the connection, so it is heard out. */
export async function reply(response: ServerResponse, status: number, body: object): Promise<void> {
  const { req: message } = response;
  if (!message.complete && !message.destroyed && response.headersSent === false) await hearOut(response);
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  const close = message.complete ? {} : { connection: 'close' };
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...close,
  });
  response.end(text);
}

async function hearOut({ req: message }: ServerResponse): Promise<void> {
  // Whoever waits for leave to send has not begun.
  if (message.headers.expect !== undefined && message.readableFlowing === null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, hearOutMs);
  message.once('end', resolve).once('close', resolve);
  // Who has read the beginning of it listens on, and would keep it from flowing.
  message.removeAllListeners('readable').resume();
  await promise;
  clearTimeout(timer);
}
