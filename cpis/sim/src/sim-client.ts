import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ExpectedError, errnoOf } from '@boti/core';
import { hostLocks } from '@boti/cpi-sdk';
import type { SimConfig } from './config.ts';
import { socketPath } from './host-process.ts';

const startMs = 20_000;

/** A connection to the simulated cloud of this configuration, which is started if it does not run. */
export async function connectSim(config: SimConfig): Promise<Socket> {
  const { stateDir } = config;
  const running = await tryConnect(stateDir);
  if (running !== undefined) return running;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  return await hostLocks(stateDir).run('host', async () => (await tryConnect(stateDir)) ?? (await startHost(config)));
}

async function startHost(config: SimConfig): Promise<Socket> {
  const logPath = join(config.stateDir, 'sim.log');
  await using log = await open(logPath, 'a', 0o600);
  // Beside the packaged program it is a bundle too.
  const host = join(import.meta.dirname, `host${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [host], {
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(config));
  child.unref();
  const deadline = Date.now() + startMs;
  while (Date.now() < deadline && child.exitCode === null) {
    const socket = await tryConnect(config.stateDir);
    if (socket !== undefined) return socket;
    await delay(20);
  }
  const end = (await readFile(logPath, 'utf8')).slice(-2000);
  throw new ExpectedError(`The simulated cloud did not come up in ${config.stateDir}:\n${end}`);
}

function tryConnect(stateDir: string): Promise<Socket | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket | undefined>();
  const socket = createConnection(socketPath(stateDir), () => resolve(socket));
  socket.on('error', (error) => {
    if (['ENOENT', 'ECONNREFUSED'].includes(errnoOf(error) ?? '')) resolve(undefined);
    else reject(error);
  });
  return promise;
}

/** Requests that are on their way to one simulated cloud. */
export class SimLink {
  readonly #socket: Socket;
  readonly #pending = new Map<string | number, (line: string | undefined) => void>();
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    createInterface({ input: socket }).on('line', (line) => {
      const { id } = JSON.parse(line) as { readonly id: string | number };
      this.#pending.get(id)?.(line);
      this.#pending.delete(id);
    });
    socket.on('close', () => {
      resolve();
      for (const answer of this.#pending.values()) answer(undefined);
    });
  }

  /** The answering line; undefined when the cloud has gone away. */
  ask(id: string | number, request: object): Promise<string | undefined> {
    if (this.#socket.destroyed) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#pending.set(id, resolve);
    this.#socket.write(`${JSON.stringify({ ...request, id })}\n`);
    return promise;
  }

  cancel(id: string | number): void {
    if (!this.#socket.destroyed) this.#socket.write(`${JSON.stringify({ cancel: id })}\n`);
  }

  end(): void {
    this.#socket.end();
  }
}
