import { errnoOf, messageOf } from '@boti/core';
import { DirectorError } from './director-error.ts';

/** The system's words for it, and PostgreSQL's. */
const diskFullCodes = ['ENOSPC', 'EDQUOT', '53100'];

/** The error in words if it is a full disk, else as it is. `what` could not be stored in `folder`. */
export function explainFullDisk(error: unknown, what: string, folder: string): unknown {
  return isDiskFull(error) ? diskFull(`${what} could not be stored in ${folder}`, error) : error;
}

/** The same where nobody knows any more what was written. */
export function explainAnyFullDisk(error: unknown): unknown {
  return isDiskFull(error) ? diskFull(messageOf(error), error) : error;
}

function isDiskFull(error: unknown): boolean {
  return diskFullCodes.includes(errnoOf(error) ?? '');
}

function diskFull(detail: string, cause: unknown): DirectorError {
  return new DirectorError(100, 507, `The disk of the Director is full: ${detail}`, {
    cause,
    hint: 'Free space there, for instance with clean-up --all, and try again.',
  });
}
