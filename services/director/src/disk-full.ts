import { errnoOf } from '@boti/core';
import { DirectorError } from './director-error.ts';

/** The error in words if it is a full disk, else as it is. `what` could not be stored in `folder`. */
export function explainFullDisk(error: unknown, what: string, folder: string): unknown {
  if (!['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '')) return error;
  return new DirectorError(100, 507, `The disk of the Director is full: ${what} could not be stored in ${folder}`, {
    cause: error,
    hint: 'Free space there, for instance with clean-up --all, and try again.',
  });
}
