/** An expected failure: its message says what and where, its hint how to mend it. Shown without a stack. */
export class ExpectedError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    const parts = error.errors.map(messageOf);
    return error.message === '' ? parts.join('\n') : [error.message, ...parts].join('\n');
  }
  return error instanceof Error ? error.message : String(error);
}

/** The code of a Node system error (`ENOENT`, `ECONNREFUSED`), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
