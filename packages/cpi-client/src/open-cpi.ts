import { randomInt } from 'node:crypto';
import { ExpectedError, type Logger, silentLogger } from '@boti/core';
import { CloudError, type CpiInfo, maxApiVersion } from '@boti/cpi-sdk';
import { baseEnvironment } from './base-environment.ts';
import { callRecord } from './call-record.ts';
import { runCold } from './cold-process.ts';
import type { CpiCallContext, CpiClient } from './cpi-client.ts';
import { type Deadlines, deadlineOf } from './deadlines.ts';
import { remoteCloud } from './remote-cloud.ts';
import { infoSchema, parseReply, type RawReply, type WireRequest } from './reply.ts';
import { type WarmProcess, warmProcess } from './warm-process.ts';

export interface CpiOptions {
  /** Path of the CPI executable. */
  readonly executable: string;
  readonly args?: readonly string[];
  /** Added to PATH, HOME and TMPDIR, which are all that a CPI sees of this process' environment otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** `env` is all that the CPI sees. */
  readonly isolatedEnv?: boolean;
  /** Newest contract version to speak. Default 3. */
  readonly maxApiVersion?: number;
  readonly directorUuid: string;
  /** Properties of this CPI in the Director's cpi config: they travel in each request's context. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Keep one process for all calls when the CPI offers it. Default true. */
  readonly preferWarm?: boolean;
  readonly logger?: Logger;
  /** Milliseconds a method may take; replaces the defaults of deadlines.ts. */
  readonly deadlines?: Deadlines;
}

interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly apiVersion?: number;
  readonly context: CpiCallContext;
}

/** A client of one CPI executable. Starts nothing until it is used. */
export function openCpi(options: CpiOptions): CpiClient {
  return new ExecutableCpi(options);
}

class ExecutableCpi implements CpiClient {
  readonly #options: CpiOptions;
  readonly #logger: Logger;
  #info: Promise<CpiInfo> | undefined;
  #warm: WarmProcess | undefined;

  constructor(options: CpiOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
  }

  /** Asked once; a failure is not remembered. */
  async info(signal?: AbortSignal): Promise<CpiInfo> {
    return await this.#askInfo(signal === undefined ? {} : { signal });
  }

  cloud(context: CpiCallContext = {}): ReturnType<CpiClient['cloud']> {
    return remoteCloud(async (method, args) => {
      const info = await this.#askInfo(context);
      const apiVersion = Math.min(info.api_version ?? 1, this.#options.maxApiVersion ?? maxApiVersion);
      return { apiVersion, result: await this.#call({ method, args, apiVersion, context }) };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#warm?.[Symbol.asyncDispose]();
  }

  async #askInfo(context: CpiCallContext): Promise<CpiInfo> {
    this.#info ??= this.#fetchInfo(context);
    const asked = this.#info;
    try {
      return await asked;
    } catch (error) {
      if (this.#info === asked) this.#info = undefined;
      // Whoever asked first may have been cancelled: that is not for the others.
      if (context.signal?.aborted !== true && isAbort(error)) return await this.#askInfo(context);
      throw error;
    }
  }

  async #fetchInfo(context: CpiCallContext): Promise<CpiInfo> {
    const info = infoSchema.parse((await this.#infoOrV1(context)) ?? {}) as CpiInfo;
    const canServe = info.boti?.extensions.includes('serve') ?? false;
    if (canServe && this.#options.preferWarm !== false) this.#warm ??= warmProcess(this.#processOptions());
    return info;
  }

  /** A CPI that does not know `info` speaks version 1. */
  async #infoOrV1(context: CpiCallContext): Promise<unknown> {
    try {
      return await this.#call({ method: 'info', args: [], context });
    } catch (error) {
      if (error instanceof CloudError && error.type === 'NotImplemented') return { api_version: 1 };
      throw error;
    }
  }

  async #call({ method, args, apiVersion, context }: Call): Promise<unknown> {
    context.signal?.throwIfAborted();
    const request = this.#request(method, args, apiVersion, context);
    const started = performance.now();
    const reply = await this.#exchange(request, context.signal);
    const parsed = parseReply(request, reply, this.#options.executable);
    context.onCall?.(callRecord(request, { reply, parsed, durationMs: performance.now() - started }));
    if (parsed.error !== undefined) {
      this.#logger.debug('CPI call failed', { method, request_id: request.context.request_id, error: parsed.error });
      if (reply.ended === 'aborted') context.signal?.throwIfAborted();
      throw parsed.error;
    }
    return parsed.result;
  }

  #request(
    method: string,
    args: readonly unknown[],
    apiVersion: number | undefined,
    { stemcellApiVersion, creationId }: CpiCallContext,
  ): WireRequest {
    const creation = creationId !== undefined && makesSomething(method) ? { boti_creation: creationId } : {};
    const stemcell = stemcellApiVersion === undefined ? {} : { vm: { stemcell: { api_version: stemcellApiVersion } } };
    return {
      method,
      arguments: args,
      context: {
        ...this.#options.properties,
        director_uuid: this.#options.directorUuid,
        request_id: `cpi-${randomInt(100_000, 1_000_000)}`,
        ...stemcell,
        ...creation,
      },
      ...(apiVersion !== undefined && { api_version: apiVersion }),
    };
  }

  async #exchange(request: WireRequest, signal: AbortSignal | undefined): Promise<RawReply> {
    const limits = { deadlineMs: deadlineOf(request.method, this.#options.deadlines), signal };
    const warm = await this.#warm?.ready();
    // A signal that is aborted already tells nobody any more.
    signal?.throwIfAborted();
    return warm === undefined ? await runCold(request, this.#processOptions(), limits) : await warm(request, limits);
  }

  #processOptions(): { executable: string; args: readonly string[]; env: Record<string, string>; logger: Logger } {
    const { executable, args = [], env = {}, isolatedEnv = false } = this.#options;
    const whole = isolatedEnv ? { ...env } : { ...baseEnvironment(), ...env };
    return { executable, args, env: whole, logger: this.#logger };
  }
}

function makesSomething(method: string): boolean {
  return method.startsWith('create_') || method === 'snapshot_disk';
}

function isAbort(error: unknown): boolean {
  return !(error instanceof ExpectedError);
}
