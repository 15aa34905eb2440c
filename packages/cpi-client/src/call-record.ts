import { redactRequest, redactResult } from '@boti/cpi-sdk';
import type { CpiCallRecord } from './cpi-client.ts';
import type { ParsedReply, RawReply, WireRequest } from './reply.ts';

/** A call for the task's cpi log: credentials and cloud properties are left out of it, what the CPI logged is in it once. */
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
    response: JSON.stringify({ result: redactResult(request.method, parsed.result), error }),
    log: parsed.log,
    stderr: ownLines(reply.stderr, parsed.log, request.context.request_id),
    durationMs,
  };
}

/**
 * CPIs of the SDK write their log to both, so that one who watches the process sees it as it comes; calls at the same time
 * share the process, and so its stderr.
 */
function ownLines(stderr: string, log: string, requestId: string): string {
  const logged = new Set(log.split('\n'));
  const isOwn = (line: string): boolean => {
    const id = /\brequest_id=(\S+)/.exec(line)?.[1];
    return (id === undefined || id === requestId) && (line === '' || !logged.has(line));
  };
  return stderr.split('\n').filter(isOwn).join('\n').trim();
}
