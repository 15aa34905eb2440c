import { createHash } from 'node:crypto';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { errnoOf } from '@boti/core';

/** Locks between processes of one machine; see `hostLocks`. */
export interface HostLocks {
  /** Runs `work` alone among all processes of this machine that use the same scope and name. */
  run<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** As `run`, but answers undefined at once when the lock is held. */
  tryRun<T>(name: string, work: () => Promise<T>): Promise<T | undefined>;
}

/**
 * Locks between processes of one machine. Each is a socket in Linux' abstract namespace: the kernel frees it when its
 * holder dies, however it dies, and those who wait are connected to it and woken by its end.
 */
export function hostLocks(scope: string): HostLocks {
  const address = (name: string): string =>
    `\0boti-${createHash('sha256').update(`${scope}\0${name}`).digest('hex').slice(0, 40)}`;
  return {
    async run(name, work, signal) {
      await using _lock = await acquire(address(name), signal);
      return await work();
    },

    async tryRun(name, work) {
      await using lock = await tryListen(address(name));
      return lock === undefined ? undefined : await work();
    },
  };
}

async function acquire(address: string, signal: AbortSignal | undefined): Promise<AsyncDisposable> {
  for (;;) {
    signal?.throwIfAborted();
    const held = await tryListen(address);
    if (held !== undefined) return held;
    await untilFree(address, signal);
  }
}

function tryListen(address: string): Promise<AsyncDisposable | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<AsyncDisposable | undefined>();
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => waiting.delete(socket));
  });
  server.on('error', (error) => (errnoOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
  server.listen({ path: address }, () => resolve({ [Symbol.asyncDispose]: () => close(server, waiting) }));
  return promise;
}

function close(server: Server, waiting: ReadonlySet<Socket>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  for (const socket of waiting) socket.destroy();
  return promise;
}

function untilFree(address: string, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = createConnection({ path: address });
  const stop = (): void => void socket.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    signal?.removeEventListener('abort', stop);
    resolve();
  });
  socket.resume();
  return promise;
}
