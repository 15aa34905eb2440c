import { readFile } from 'node:fs/promises';
import { createDirectorClient, type DirectorAuth, type DirectorClient } from '@boti/director-api';
import type { GlobalOptions } from '../arguments/global-options.ts';
import type { ConfigFile, StoredEnvironment } from '../config/config-file.ts';
import { UsageError } from '../usage-error.ts';

/** A Director as the flags, the environment variables and the config file together name it. */
export interface TargetEnvironment {
  /** As it was given or stored. */
  readonly url: string;
  /** Where requests go: always https, with a port. */
  readonly origin: string;
  readonly caCert: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** From the flags or the environment variables; `user` may also be stored. */
  readonly client: string | undefined;
  readonly clientSecret: string | undefined;
  readonly stored: StoredEnvironment | undefined;
}

type SessionFlags = Pick<GlobalOptions, 'environment' | 'caCert' | 'client' | 'clientSecret'>;

export async function resolveEnvironment(flags: SessionFlags, config: ConfigFile): Promise<TargetEnvironment> {
  const wanted = flags.environment ?? '';
  if (wanted === '') {
    throw new UsageError('Expected non-empty Director URL', {
      hint: 'Name a Director with -e or BOSH_ENVIRONMENT: an alias (see boti environments) or a URL.',
    });
  }
  const stored = await config.find(wanted);
  const url = stored?.url ?? wanted;
  return {
    url,
    origin: originOf(url),
    caCert: (await readCaCert(flags.caCert ?? '')) ?? stored?.ca_cert,
    user: nonEmpty(flags.client) ?? stored?.username,
    password: nonEmpty(flags.client) === undefined ? stored?.password : (flags.clientSecret ?? ''),
    client: nonEmpty(flags.client),
    clientSecret: flags.clientSecret,
    stored,
  };
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** A path, or the PEM itself. */
export async function readCaCert(given: string): Promise<string | undefined> {
  if (given === '') return undefined;
  if (given.includes('BEGIN')) return given;
  try {
    return await readFile(given, 'utf8');
  } catch (cause) {
    throw new UsageError(`invalid argument for flag \`--ca-cert': Opening file ${given}`, { cause });
  }
}

/** Scheme and path of a Director's URL do not matter: it is spoken to over TLS, by default on port 25555. */
export function originOf(url: string): string {
  const withScheme = url.includes('://') ? url : `https://${url}`;
  if (!url.includes('://') && /^[^/]+:\d+/.test(url)) {
    throw new UsageError(`Parsing Director URL '${url}': a port needs a scheme`, { hint: `Write https://${url}.` });
  }
  const parsed = URL.parse(withScheme.replace(/^[a-z0-9+.-]+:\/\//i, 'https://'));
  if (parsed === null || parsed.hostname === '') throw new UsageError(`Parsing Director URL '${url}': it is not a URL`);
  const hasPort = /^[a-z0-9+.-]+:\/\/(?:[^/@]*@)?(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(withScheme);
  return `https://${parsed.hostname}:${hasPort?.[1] ?? '25555'}`;
}

export function connect(target: TargetEnvironment, auth: DirectorAuth, signal: AbortSignal): DirectorClient {
  return createDirectorClient({ url: target.origin, caCert: target.caCert, auth, signal });
}
