/** A response as far as it could be understood, with its types still unchecked. */
export interface Answer {
  readonly result: unknown;
  readonly error: { readonly type: string; readonly message: string; readonly ok_to_retry: unknown } | null;
  readonly log: unknown;
}

/** What is wrong with the form of a response, and which rule says so. */
export interface ShapeProblem {
  readonly rule: string;
  readonly problem: string;
}

/** One call: what was sent and everything that came back. */
export interface Exchange {
  /** Rule that made the call. */
  readonly rule: string;
  readonly transport: 'process' | 'serve';
  /** Empty for raw bytes. */
  readonly method: string;
  readonly request: unknown;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the call's process; undefined in `serve` mode. */
  readonly exitCode?: number | null;
  /**
   * answered: a response came, whatever it is. deadline: none within the time. killed, cancelled: by the check, on purpose.
   * lost: the `serve` process ended before it answered. failed: the executable could not be started.
   */
  readonly ending: 'answered' | 'deadline' | 'killed' | 'cancelled' | 'lost' | 'failed';
  readonly durationMs: number;
  readonly answer: Answer | undefined;
  readonly problems: readonly ShapeProblem[];
}

/** `create_vm → CloudError: no such network`, for lists of steps. */
export function summaryOf({ method, answer, ending, request }: Exchange): string {
  const call = method === '' ? shorten(String(request), 60) : `${method}(${callArguments(request)})`;
  if (ending !== 'answered') return `${call} → no answer (${ending})`;
  if (answer === undefined) return `${call} → no valid response`;
  if (answer.error !== null) return `${call} → ${answer.error.type}: ${shorten(answer.error.message, 160)}`;
  return `${call} → ${shorten(JSON.stringify(answer.result) ?? 'nothing', 160)}`;
}

function callArguments(request: unknown): string {
  const { arguments: args } = (request ?? {}) as { readonly arguments?: unknown };
  return Array.isArray(args) ? args.map((one) => shorten(JSON.stringify(one) ?? '', 48)).join(', ') : '';
}

export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}
