import { createHash } from 'node:crypto';
import { InvalidBlobId } from './blobstore-errors.ts';

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

/** Where a blob stands in a directory and on a DAV server: `<xx>/<id>`, xx from the id's SHA-1. */
export function objectPath(id: string): string {
  if (!isBlobId(id)) throw new InvalidBlobId(id);
  return `${createHash('sha1').update(id).digest('hex').slice(0, 2)}/${id}`;
}

/** Whether a text may be a blob's id: never a path. */
export function isBlobId(text: string): boolean {
  return idPattern.test(text);
}
