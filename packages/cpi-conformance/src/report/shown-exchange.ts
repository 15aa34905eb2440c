import { type Exchange, shorten } from '../target/exchange.ts';

/** A call as reports show it: long texts cut, secrets and CPI properties left out. */
export interface ShownExchange {
  readonly transport: 'process' | 'serve';
  readonly sent: string;
  /** What came on stdout, or as the line. */
  readonly received: string;
  readonly stderr: string;
  readonly ending: Exchange['ending'];
  readonly exit_code: number | null;
  readonly duration_ms: number;
}

/** Keys of context that are no CPI properties, so no credentials. */
const openContext = ['director_uuid', 'request_id', 'vm', 'boti_creation'];
const maxText = 300;
const maxOutput = 2000;

export function showExchange(exchange: Exchange, hide: (text: string) => string): ShownExchange {
  const { transport, request, stdout, stderr, ending, exitCode, durationMs } = exchange;
  return {
    transport,
    sent: hide(typeof request === 'string' ? shorten(request, maxOutput) : shownRequest(request)),
    received: hide(shorten(stdout.trim(), maxOutput)),
    stderr: hide(stderr.length > maxOutput ? `…${stderr.slice(-maxOutput)}` : stderr).trim(),
    ending,
    exit_code: exitCode ?? null,
    duration_ms: Math.round(durationMs),
  };
}

function shownRequest(request: unknown): string {
  const { context, ...rest } = request as { readonly context?: Readonly<Record<string, unknown>> };
  const shown = Object.fromEntries(
    Object.entries(context ?? {}).map(([key, value]) => [key, openContext.includes(key) ? value : '…']),
  );
  return JSON.stringify({ ...rest, context: shown }, (_key, value: unknown) =>
    typeof value === 'string' ? shorten(value, maxText) : value,
  );
}
