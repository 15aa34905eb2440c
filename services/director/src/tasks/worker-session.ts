import { EventEmitter } from 'node:events';
import type { Clock, Logger } from '@boti/core';
import type pg from 'pg';
import type { OpenDatabase } from '../database/open-database.ts';
import { lockReleasedChannel } from '../locks/lock-store.ts';
import { taskChannels } from './task-store.ts';

/**
 * The database connection that stands for this worker process. As long as it lives the worker holds an advisory lock
 * named by its id, so that others see at once when it is gone; and it brings the notifications.
 */
export interface WorkerSession extends AsyncDisposable {
  /** Event names are the channels; the payload is the argument. `reconnected`: notifications may have been missed. */
  readonly notifications: EventEmitter;
  /** Resolves at the next release of a lock anywhere, or after `ms`. */
  lockReleased(ms: number, signal: AbortSignal): Promise<void>;
}

const channels = [taskChannels.queued, taskChannels.cancel, lockReleasedChannel];
const reconnectAfterMs = 1000;

export interface SessionOptions {
  readonly database: Pick<OpenDatabase, 'session'>;
  readonly workerId: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export async function openWorkerSession(options: SessionOptions): Promise<WorkerSession> {
  const session = new Session(options);
  await session.connect();
  return session;
}

class Session implements WorkerSession {
  readonly notifications = new EventEmitter();
  readonly #options: SessionOptions;
  readonly #closing = new AbortController();
  #client: pg.Client | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.notifications.setMaxListeners(0);
  }

  async connect(): Promise<void> {
    const client = this.#options.database.session();
    client.on('notification', ({ channel, payload }) => this.notifications.emit(channel, payload ?? ''));
    client.on('error', (error) => this.#options.log.warn('the worker lost its database session', { error }));
    try {
      await client.connect();
      await client.query('select pg_advisory_lock(hashtextextended($1::text, 0))', [this.#options.workerId]);
      for (const channel of channels) await client.query(`listen ${channel}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.once('end', () => void this.#reconnect());
    this.#client = client;
  }

  lockReleased(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.notifications.once(lockReleasedChannel, resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.notifications.off(lockReleasedChannel, resolve);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#client?.end();
  }

  async #reconnect(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.connect();
        this.notifications.emit('reconnected');
        return;
      } catch (error) {
        this.#options.log.warn('the worker cannot reach the database', { error });
      }
      await this.#options.clock.sleep(reconnectAfterMs, this.#closing.signal).catch(() => undefined);
    }
  }
}
