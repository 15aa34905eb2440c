import { type Logger, silentLogger } from '@boti/core';
import type { CloudError } from '@boti/cpi-sdk';
import { baseEnvironment } from './base-environment.ts';
import { runCold } from './cold-process.ts';
import { type Deadlines, deadlineOf } from './deadlines.ts';
import { parseReply, type WireRequest } from './reply.ts';

export interface RawCall {
  /** Path of the CPI executable. */
  readonly executable: string;
  readonly args?: readonly string[];
  /** Sent as it is. */
  readonly request: WireRequest;
  readonly deadlines?: Deadlines;
  readonly logger?: Logger;
  readonly signal?: AbortSignal;
}

export interface RawOutcome {
  /** The response as it came; undefined when none came, or none that is one. */
  readonly response: RawResponse | undefined;
  /** Why there is no response, or what error it holds. */
  readonly error: CloudError | undefined;
  readonly log: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface RawResponse {
  readonly result: unknown;
  readonly error: { readonly type: string; readonly message: string; readonly ok_to_retry?: boolean } | null;
}

/** Makes one call in a process of its own and hands out what came back. Throws only when the call was cancelled. */
export async function callRaw(call: RawCall): Promise<RawOutcome> {
  const { executable, args = [], request, signal, logger = silentLogger } = call;
  const started = performance.now();
  const reply = await runCold(
    request,
    { executable, args, env: baseEnvironment(), logger },
    { deadlineMs: deadlineOf(request.method, call.deadlines), signal },
  );
  if (reply.ended === 'aborted') signal?.throwIfAborted();
  const { error, log } = parseReply(request, reply, executable);
  return {
    response: responseIn(reply.output),
    error,
    log,
    stderr: reply.stderr,
    durationMs: performance.now() - started,
  };
}

function responseIn(output: string): RawResponse | undefined {
  try {
    const { result, error } = JSON.parse(output) as RawResponse;
    return { result, error: error ?? null };
  } catch {
    return undefined;
  }
}
