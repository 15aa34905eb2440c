import { ExpectedError } from '@boti/core';
import { Stopped } from './ui/ui.ts';

/** The chain of causes, each indented under what was being done, then how to mend it. */
export function describeError(error: unknown, withStack = false): string {
  const lines = chainOf(error).flatMap((text, depth, all) => {
    const colon = depth < all.length - 1 ? ':' : '';
    return indent(text + colon, depth);
  });
  const hint = hintOf(error);
  if (hint !== undefined) lines.push(`Hint: ${hint}`);
  if (withStack && error instanceof Error && error.stack !== undefined) lines.push(error.stack);
  return lines.join('\n');
}

/** Not something a user can cause or mend. */
export function isBug(error: unknown): boolean {
  return !(error instanceof ExpectedError) && !(error instanceof Stopped);
}

function chainOf(error: unknown): readonly string[] {
  if (error instanceof AggregateError)
    return [[error.message, ...error.errors.map((one) => chainOf(one).join(': '))].join('\n')];
  if (!(error instanceof Error)) return [String(error)];
  const rest = error.cause === undefined ? [] : chainOf(error.cause);
  // A cause that its error has already told is not told again.
  const isTold = rest.length > 0 && error.message.includes((rest[0] ?? '').replace(/;.*$/s, ''));
  return [error.message, ...(isTold ? rest.slice(1) : rest)];
}

function hintOf(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof ExpectedError && current.hint !== undefined) return current.hint;
  }
  return undefined;
}

/** Only the first line moves: replies of several lines keep their own layout. */
function indent(text: string, depth: number): string {
  return '  '.repeat(depth) + text;
}
