import type { Logger } from '@boti/core';
import { DirectorError } from '../director-error.ts';
import { explainAnyFullDisk } from '../disk-full.ts';
import { BodyTooLarge } from './read-body.ts';
import { json, type Reply, text } from './route.ts';

/** The only place that turns an error into HTTP. A bug becomes 500/100 and is logged with its stack. */
export function errorResponse(thrown: unknown, log: Logger): Reply {
  const error = explainAnyFullDisk(thrown);
  if (error instanceof DirectorError) {
    return json({ code: error.errorCode, description: error.message }, error.httpStatus);
  }
  if (error instanceof BodyTooLarge) return text(error.message, 413);
  log.error('a request failed', { error });
  return json({ code: 100, description: 'Internal error' }, 500);
}
