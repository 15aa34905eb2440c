import { ExpectedError } from '@boti/core';
import type { DiffReply } from '@boti/director-api';
import { formatDiff } from './diff.ts';
import type { Ui } from './ui.ts';

/** Shows what would change; throws when the Director could not tell. */
export function showDiff(ui: Ui, reply: DiffReply): void {
  if (reply.error !== undefined)
    throw new ExpectedError('Fetching diff result', { cause: new ExpectedError(reply.error) });
  for (const line of formatDiff(reply.diff)) ui.raw(line);
}
