import { ExpectedError } from '@boti/core';
import type { DirectorAuth } from '@boti/director-api';
import type { UaaClient, UaaToken } from './uaa-client.ts';

const header = ({ type, value }: UaaToken): string => `${type} ${value}`;

/** A client's token: got when first needed, and anew when the Director refuses it. */
export function clientTokenAuth(uaa: UaaClient): DirectorAuth {
  return tokenAuth(undefined, () => uaa.clientToken());
}

/** A user's token that log-in has stored; a renewed one is stored as well. */
export function userTokenAuth(
  uaa: UaaClient,
  stored: UaaToken,
  save: (token: UaaToken) => Promise<void>,
): DirectorAuth {
  let refresh = stored.refresh;
  return tokenAuth(stored, async () => {
    if (refresh === undefined) throw expired();
    const token = await uaa.refreshToken(refresh).catch((cause: unknown) => {
      throw expired(cause);
    });
    refresh = token.refresh ?? refresh;
    await save({ ...token, refresh });
    return token;
  });
}

function expired(cause?: unknown): ExpectedError {
  return new ExpectedError('The stored token is no longer accepted', { cause, hint: "Log in again: 'boti log-in'." });
}

/** Requests that are refused at the same time wait for one new token. */
function tokenAuth(first: UaaToken | undefined, renewed: () => Promise<UaaToken>): DirectorAuth {
  let current = first === undefined ? undefined : Promise.resolve(first);
  let isRenewing = false;
  return {
    async authorization(renew) {
      if (current === undefined || (renew && !isRenewing)) {
        isRenewing = true;
        current = renewed().finally(() => {
          isRenewing = false;
        });
      }
      return header(await current);
    },
  };
}

/** Who a token (a JSON Web Token) was made for; undefined for another kind of token. */
export function userOfToken(token: string): string | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const { user_name: user } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { user_name?: unknown };
    return typeof user === 'string' ? user : undefined;
  } catch {
    return undefined;
  }
}
