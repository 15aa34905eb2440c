import { ExpectedError } from '@boti/core';
import { anonymous, basicAuth, type DirectorAuth, type Info } from '@boti/director-api';
import type { ConfigFile, StoredEnvironment } from '../config/config-file.ts';
import type { TargetEnvironment } from './environment.ts';
import { clientTokenAuth, userOfToken, userTokenAuth } from './uaa-auth.ts';
import { UaaClient, type UaaToken } from './uaa-client.ts';

export interface Speaker {
  readonly auth: DirectorAuth;
  /** As the CLI says it: `client 'admin'`. */
  readonly description: string;
}

interface Authenticating {
  readonly target: TargetEnvironment;
  readonly info: Info;
  readonly config: ConfigFile;
  readonly signal: AbortSignal;
}

/** Who speaks to the Director, in the way that it wants to be spoken to. */
export function authenticate(request: Authenticating, closing: DisposableStack): Speaker {
  const { target, info } = request;
  if (info.user_authentication.type === 'uaa') return viaUaa(request, closing);
  const { user, password = '' } = target;
  if (user === undefined) return { auth: anonymous, description: 'anonymous user' };
  // BOSH: a user from the config file is called a client too (cmd/session.go).
  return { auth: basicAuth(user, password), description: `client '${user}'` };
}

function viaUaa({ target, info, config, signal }: Authenticating, closing: DisposableStack): Speaker {
  const stored = storedToken(target.stored);
  if (target.client === undefined && stored === undefined) return { auth: anonymous, description: 'anonymous user' };
  const uaa = closing.adopt(connectUaa(target, info, signal), (client) => client.close());
  if (target.client !== undefined || stored === undefined) {
    return { auth: clientTokenAuth(uaa), description: `client '${target.client}'` };
  }
  const save = (token: UaaToken): Promise<void> => config.setCredentials(target.url, tokenCredentials(token));
  const user = userOfToken(stored.value);
  return {
    auth: userTokenAuth(uaa, stored, save),
    description: user === undefined ? "'?'" : `user '${user}'`,
  };
}

/** UAA as the client that `--client` names, else as the one that is made for users of the CLI. */
export function connectUaa(target: TargetEnvironment, info: Info, signal: AbortSignal): UaaClient {
  const { url, urls } = info.user_authentication.options;
  const uaaUrl = url ?? urls?.[0];
  if (uaaUrl === undefined) throw new ExpectedError(`The Director at '${target.url}' does not say where its UAA is`);
  const { client = 'bosh_cli', clientSecret = '', caCert } = target;
  return new UaaClient({ url: uaaUrl, caCert, client, clientSecret, signal });
}

/** As the config file keeps it. */
export function tokenCredentials({ type, value, refresh }: UaaToken): Partial<StoredEnvironment> {
  return {
    access_token_type: type,
    access_token: value,
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
  };
}

function storedToken(stored: StoredEnvironment | undefined): UaaToken | undefined {
  if (!stored?.access_token) return undefined;
  return { type: stored.access_token_type ?? 'bearer', value: stored.access_token, refresh: stored.refresh_token };
}
