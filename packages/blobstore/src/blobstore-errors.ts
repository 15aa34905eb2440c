import { ExpectedError } from '@boti/core';

export class BlobNotFound extends ExpectedError {
  readonly id: string;

  constructor(id: string, where: string) {
    super(`Blob '${id}' is not in ${where}`, {
      hint: 'It was deleted, or was stored elsewhere. Upload what it belongs to again.',
    });
    this.id = id;
  }
}

/** The blobstore answered, but not with what was asked for. */
export class BlobstoreRefused extends ExpectedError {
  readonly status: number;

  constructor(action: string, where: string, status: number) {
    super(`Could not ${action} in ${where}: the server answered ${status}`, { hint: hintFor(status) });
    this.status = status;
  }
}

/** The blobstore did not answer, or broke off. */
export class BlobstoreUnreachable extends ExpectedError {
  constructor(action: string, where: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    super(`Could not ${action} in ${where}: ${reason}`, {
      hint: 'Check that the server runs and that its address and certificate are the configured ones.',
      cause,
    });
  }
}

export class InvalidBlobId extends ExpectedError {
  constructor(id: string) {
    super(`'${id}' cannot be the id of a blob`, { hint: 'Ids are letters, digits, dots, dashes and underscores.' });
  }
}

function hintFor(status: number): string {
  if (status === 401) return 'Check user and password.';
  if (status === 403) return 'The user may read but not write, or the clocks of the two machines differ.';
  if (status === 413) return 'The blob is larger than the server allows.';
  if (status === 507) return "The server's disk is full.";
  return "See the server's log.";
}
