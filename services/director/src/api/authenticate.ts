import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from './user.ts';

export interface ConfiguredUser extends User {
  readonly password: string;
}

/** Finds the user of an Authorization header; undefined when there is none or the password is wrong. */
export type Authenticate = (authorization: string | undefined) => User | undefined;

/** HTTP Basic against the users of the configuration. */
export function authenticateBasic(users: readonly ConfiguredUser[]): Authenticate {
  return (authorization) => {
    const [scheme, encoded = ''] = authorization?.split(' ') ?? [];
    if (scheme?.toLowerCase() !== 'basic') return undefined;
    const decoded = Buffer.from(encoded, 'base64').toString();
    const colon = decoded.indexOf(':');
    const user = users.find(({ name }) => name === decoded.slice(0, Math.max(0, colon)));
    if (user === undefined || !isSame(user.password, decoded.slice(colon + 1))) return undefined;
    return { name: user.name, scopes: user.scopes };
  };
}

/** Takes the same time wherever the difference is. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
