import { type AgentReply, maxNatsReplyBytes } from '@boti/agent-protocol';

const keptLines = 100;
const marker = '\n...[truncated]...\n';

/** The reply as JSON, made to fit: too long a value becomes an exception, too long an exception is shortened. */
export function fittingReply(reply: AgentReply, limit = maxNatsReplyBytes): string {
  const whole = JSON.stringify(reply);
  if (Buffer.byteLength(whole) <= limit) return whole;
  if (!('exception' in reply)) return exceptionJson('Response exceeded maximum allowed length');
  const short = exceptionJson(shortened(reply.exception.message));
  return Buffer.byteLength(short) <= limit ? short : exceptionJson(headAndTail(reply.exception.message, limit));
}

/** The last lines only: the reason of a failure stands at its end. */
function shortened(message: string): string {
  const lines = message.split('\n');
  return lines.length <= keptLines + 1 ? message : [lines[0], ...lines.slice(-keptLines)].join('\n');
}

function headAndTail(message: string, limit: number): string {
  // One character may take six bytes of JSON.
  const half = Math.floor((limit - 200) / 12);
  return message.slice(0, half) + marker + message.slice(-half);
}

const exceptionJson = (message: string): string => JSON.stringify({ exception: { message } });
