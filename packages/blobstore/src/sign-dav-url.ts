import { createHmac } from 'node:crypto';
import { objectPath } from './object-path.ts';

export interface DavSignature {
  readonly secret: string;
  readonly verb: string;
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** Seconds for which the URL holds from then on. */
  readonly expires: number;
}

/** The `st` of a signed URL: what BOSH's DAV client makes and nginx's secure_link_hmac expects. */
export function davSignature({ secret, verb, id, timestamp, expires }: DavSignature): string {
  return createHmac('sha256', secret)
    .update(`${verb}${objectPath(id)}${timestamp}${expires}`)
    .digest('base64url');
}

/** `<endpoint>/signed/<xx>/<id>?st=…&ts=…&e=…` */
export function signDavUrl(signature: DavSignature & { readonly endpoint: string }): string {
  const { endpoint, id, timestamp, expires } = signature;
  const query = `st=${davSignature(signature)}&ts=${timestamp}&e=${expires}`;
  return `${endpoint.replace(/\/+$/, '')}/signed/${objectPath(id)}?${query}`;
}
