import { redactRequest, redactResult } from '@boti/cpi-sdk';
import type { CpiCallRecord } from './cpi-client.ts';
import type { ParsedReply, RawReply, WireRequest } from './reply.ts';

/** A call for the task's cpi log: credentials and cloud properties are left out of it. */
export function callRecord(
  request: WireRequest,
  {
    reply,
    parsed,
    durationMs,
  }: { readonly reply: RawReply; readonly parsed: ParsedReply; readonly durationMs: number },
): CpiCallRecord {
  const error =
    parsed.error === undefined
      ? null
      : { type: parsed.error.type, message: parsed.error.message, ok_to_retry: parsed.error.okToRetry };
  return {
    requestId: request.context.request_id,
    method: request.method,
    request: JSON.stringify(redactRequest(request)),
    response: JSON.stringify({ result: redactResult(request.method, parsed.result), error, log: parsed.log }),
    log: parsed.log,
    stderr: reply.stderr,
    durationMs,
  };
}
