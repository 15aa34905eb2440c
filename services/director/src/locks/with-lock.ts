import { randomUUID } from 'node:crypto';
import type { Clock, Logger } from '@boti/core';
import type { Database } from '../database/sql.ts';
import { UnnumberedFailure } from '../errors.ts';
import { insertEvent } from '../events/event-store.ts';
import { acquireLock, findLock, type LockRequest, releaseLock, renewLock } from './lock-store.ts';

/** BOSH's lock names. */
export const lockNames = {
  deployment: (name: string) => `lock:deployment:${name}`,
  release: (name: string) => `lock:release:${name}`,
  stemcell: (name: string, version: string) => `lock:stemcells:${name}:${version}`,
  compile: (packageId: number, stemcell: string) => `lock:compile:${packageId}:${stemcell}`,
  network: (name: string) => `lock:networks:${name}`,
  vm: (cid: string) => `lock:vm:${cid}`,
} as const;

export interface LockOptions {
  /** How long to wait for whoever holds it; 0 is one try. */
  readonly waitMs: number;
  /** Named by the lock's events. */
  readonly deployment?: string;
}

/**
 * Holds the lock while `work` runs; `signal` is the task's, which is aborted too when the lock is lost. Not reentrant: a
 * task that asks twice waits for itself.
 */
export type WithLock = <T>(name: string, options: LockOptions, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

export interface LockHolder {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly taskId: number;
  readonly user: string | null;
  readonly workerId: string;
  readonly signal: AbortSignal;
  /** Resolves when a lock is released somewhere, or after `ms`. */
  readonly lockReleased: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Ends the task: its lock is somebody else's now. */
  readonly onLost: (name: string) => void;
}

const ttlSeconds = 240;
const renewEveryMs = 120_000;
const retryEveryMs = 500;

export function withLock(holder: LockHolder): WithLock {
  return async (name, options, work) => {
    const request = { name, uid: randomUUID(), taskId: holder.taskId, workerId: holder.workerId, ttlSeconds };
    await waitForLock(holder, request, options.waitMs);
    const renewal = new AbortController();
    const renewing = keepRenewed(holder, request, renewal.signal);
    try {
      await record(holder, 'acquire', name, options);
      return await work(holder.signal);
    } finally {
      renewal.abort();
      await renewing;
      await releaseLock(holder.database, name, request.uid);
      await record(holder, 'release', name, options);
    }
  };
}

async function waitForLock(holder: LockHolder, request: LockRequest, waitMs: number): Promise<void> {
  const { database, clock, signal } = holder;
  const deadline = clock.now().getTime() + waitMs;
  holder.log.debug(`Acquiring lock: ${request.name}`);
  for (;;) {
    signal.throwIfAborted();
    if (await acquireLock(database, request)) break;
    const left = deadline - clock.now().getTime();
    if (left <= 0) throw await refusal(database, request);
    await holder.lockReleased(Math.min(retryEveryMs, left), signal);
  }
  holder.log.debug(`Acquired lock: ${request.name}`);
}

async function refusal(database: Database, { name, uid }: LockRequest): Promise<Error> {
  const held = await findLock(database, name);
  const holder =
    held === undefined ? '' : ` Locking task id is ${held.taskId}, description: '${held.taskDescription ?? ''}'`;
  return new UnnumberedFailure(`Failed to acquire lock for ${name} uid: ${uid}.${holder}`);
}

/** A renewal that cannot reach the database is tried again; only a lock that is no longer ours is lost. */
async function keepRenewed(holder: LockHolder, { name, uid }: LockRequest, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await holder.clock.sleep(renewEveryMs, signal);
    } catch {
      return;
    }
    try {
      if (await renewLock(holder.database, name, uid, ttlSeconds)) continue;
      holder.onLost(name);
      return;
    } catch (error) {
      holder.log.warn(`The lock ${name} could not be renewed`, { error });
    }
  }
}

async function record(holder: LockHolder, action: string, name: string, options: LockOptions): Promise<void> {
  const { database, user, taskId } = holder;
  const deployment = options.deployment ?? deploymentOf(name);
  await insertEvent(database, { user, action, objectType: 'lock', objectName: name, taskId, deployment });
}

function deploymentOf(name: string): string | null {
  const prefix = lockNames.deployment('');
  return name.startsWith(prefix) ? name.slice(prefix.length) : null;
}
