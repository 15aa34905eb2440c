import { createHash, timingSafeEqual } from 'node:crypto';
import { davSignature } from '@boti/blobstore';
import type { BlobstoreServerConfig } from './config.ts';

export type Verb = 'GET' | 'HEAD' | 'PUT' | 'DELETE';
type Users = BlobstoreServerConfig['users'];

/** 401: nobody we know; 403: somebody who may not do this. */
export function basicAccess(users: Users, verb: Verb, authorization: string | undefined): 'allowed' | 401 | 403 {
  const given = credentialsIn(authorization);
  if (given === undefined) return 401;
  const isIn = (list: Users['read']): boolean => list.some((user) => isSame(`${user.user}:${user.password}`, given));
  if (isIn(users.write)) return 'allowed';
  if (!isIn(users.read)) return 401;
  return verb === 'GET' || verb === 'HEAD' ? 'allowed' : 403;
}

interface SignedRequest {
  readonly secret: string | undefined;
  readonly verb: Verb;
  readonly id: string;
  readonly query: URLSearchParams;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Whether a signed URL is genuine and still holds. */
export function isSignedFor({ secret, verb, id, query, now }: SignedRequest): boolean {
  const timestamp = wholeNumber(query.get('ts'));
  const expires = wholeNumber(query.get('e'));
  if (secret === undefined || timestamp === undefined || expires === undefined) return false;
  const expected = davSignature({ secret, verb, id, timestamp, expires });
  return isSame(expected, query.get('st') ?? '') && now <= timestamp + expires;
}

function credentialsIn(authorization: string | undefined): string | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** The digits as they were signed: `007` and `7` are not the same text. */
function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
}

/** Takes as long for a near miss as for a far one. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
