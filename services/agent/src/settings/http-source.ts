import { ExpectedError, retry } from '@boti/core';
import { fetchText } from '../blobs/http-transfer.ts';
import { followRegistry } from './registry.ts';
import { decodeUserData, parseSettings, type SettingsSource } from './settings-source.ts';

export interface HttpSourceOptions {
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly userDataPath: string;
  readonly sshKeysPath?: string;
  /** IMDSv2: where to PUT for a token. */
  readonly tokenPath?: string;
}

const attempts = 10;
const delayMs = 1000;
const requestTimeoutMs = 10_000;

/** Settings in the user data of a metadata service (EC2, OpenStack, …); they must hold an `agent_id`. */
export function httpSource(options: HttpSourceOptions): SettingsSource {
  const where = options.uri + options.userDataPath;
  return {
    name: `metadata service ${options.uri}`,
    async settings(signal) {
      const userData = decodeUserData((await get(options, options.userDataPath, signal)) ?? '', where);
      const content = await retry({ attempts, delayMs, isRetriable: () => true, signal }, () =>
        followRegistry(userData, signal),
      );
      if (typeof content !== 'object' || content === null || !('agent_id' in content)) {
        throw new ExpectedError(`The metadata of ${where} holds no settings: agent_id is missing`);
      }
      return parseSettings(content, where);
    },
    async publicKey(signal) {
      return options.sshKeysPath === undefined ? undefined : await get(options, options.sshKeysPath, signal);
    },
  };
}

/** The page's text, undefined for 404. */
async function get(options: HttpSourceOptions, path: string, signal: AbortSignal): Promise<string | undefined> {
  return retry({ attempts, delayMs, isRetriable: () => true, signal }, async () => {
    const headers = { ...options.headers, ...(await tokenHeaders(options, signal)) };
    const { status, body } = await ask('GET', options.uri + path, headers, signal);
    if (status === 404) return undefined;
    if (status !== 200) throw new ExpectedError(`${options.uri}${path} answered ${status}`);
    return body;
  });
}

async function tokenHeaders(
  { uri, tokenPath }: HttpSourceOptions,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  if (!tokenPath) return {};
  const lifetime = { 'X-aws-ec2-metadata-token-ttl-seconds': '300' };
  const { status, body } = await ask('PUT', uri + tokenPath, lifetime, signal);
  if (status !== 200) throw new ExpectedError(`${uri}${tokenPath} answered ${status}`);
  return { 'X-aws-ec2-metadata-token': body };
}

function ask(verb: 'GET' | 'PUT', url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) {
  return fetchText(verb, url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]) });
}
