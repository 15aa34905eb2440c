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
    stderr: linesNotIn(reply.stderr, parsed.log),
    durationMs,
  };
}

/** CPIs of the SDK write their log to both, so that one who watches the process sees it as it comes. */
function linesNotIn(stderr: string, log: string): string {
  const logged = new Set(log.split('\n'));
  return stderr
    .split('\n')
    .filter((line) => line === '' || !logged.has(line))
    .join('\n')
    .trim();
}
