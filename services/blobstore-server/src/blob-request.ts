import type { IncomingMessage } from 'node:http';
import { isBlobId, objectPath } from '@boti/blobstore';

export type BlobRequest =
  | { readonly kind: 'health' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'blob'; readonly id: string; readonly isSigned: boolean; readonly query: URLSearchParams };

/** What a request is about: `/<xx>/<id>`, `/signed/<xx>/<id>?…`, `/health`. */
export function blobRequest(request: IncomingMessage): BlobRequest {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  if (path === '/health') return { kind: 'health' };
  const [, signed, object] = /^(\/signed)?\/(.+)$/.exec(path) ?? [];
  const id = object?.slice(object.indexOf('/') + 1) ?? '';
  if (!isBlobId(id) || objectPath(id) !== object) return { kind: 'unknown' };
  return { kind: 'blob', id, isSigned: signed !== undefined, query: new URLSearchParams(query) };
}
