import { createHash } from 'node:crypto';
import { createConnection, createServer, type Server } from 'node:net';
import { resolve as resolvePath } from 'node:path';
import { text } from 'node:stream/consumers';
import { ExpectedError, errnoOf } from '@boti/core';

/**
 * Keeps every other `up` and `down` of this state directory out until it is disposed. The lock is a socket in Linux'
 * abstract namespace, which the kernel frees with its process, however that ends; it tells who asks whose it is.
 */
export async function holdHome(dir: string, command: string): Promise<AsyncDisposable> {
  const path = resolvePath(dir);
  const address = `\0boti-home-${createHash('sha256').update(path).digest('hex').slice(0, 40)}`;
  const server = await listen(address, `'boti ${command}' (process ${process.pid}, since ${new Date().toISOString()})`);
  if (server === undefined) {
    throw new ExpectedError(`${await askHolder(address)} is at work on ${path}`, {
      hint: 'Wait until it has ended, or end it and try again.',
    });
  }
  return {
    async [Symbol.asyncDispose]() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      await promise;
    },
  };
}

function listen(address: string, holder: string): Promise<Server | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Server | undefined>();
  const server = createServer((socket) => socket.on('error', () => undefined).end(holder));
  server.on('error', (error) => (errnoOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
  server.listen({ path: address }, () => resolve(server));
  return promise;
}

async function askHolder(address: string): Promise<string> {
  const socket = createConnection({ path: address, timeout: 2000 });
  socket.on('timeout', () => socket.destroy());
  return (await text(socket).catch(() => '')) || 'Another boti';
}
