import { type AgentSettings, agentSettingsSchema } from '@boti/agent-protocol';
import { ExpectedError, messageOf, retry } from '@boti/core';
import { hostLocks } from '../host-locks.ts';

/** Where the registry is, and who asks. */
export interface RegistryOptions {
  /** `http://host:25777`, without credentials. */
  readonly endpoint: string;
  readonly user: string;
  readonly password: string;
  readonly signal?: AbortSignal;
}

/**
 * The settings registry of contract version 1: one settings.json for each VM, by the VM's name or cid.
 * All methods throw ExpectedError when the registry does not answer or refuses. Source: bosh-registry api_controller.rb.
 */
export interface RegistryClient {
  /** Undefined when there are none. */
  get(id: string): Promise<AgentSettings | undefined>;
  put(id: string, settings: AgentSettings): Promise<void>;
  /** Absent is success. */
  delete(id: string): Promise<void>;
  /** Reads, changes and writes as one step among all processes of this machine. Throws when there are no settings. */
  update(id: string, change: (settings: AgentSettings) => AgentSettings): Promise<void>;
}

const attempts = 5;
const delayMs = 1000;
const requestTimeoutMs = 10_000;

/** A client of the settings registry. Connects when it is first used. */
export function registryClient(options: RegistryOptions): RegistryClient {
  const locks = hostLocks(`registry ${options.endpoint}`);
  const get = async (id: string): Promise<AgentSettings | undefined> => {
    const answer = await call(options, 'GET', id);
    if (answer === undefined) return undefined;
    const { settings } = JSON.parse(answer) as { readonly settings: string };
    return agentSettingsSchema.parse(JSON.parse(settings));
  };
  const put = async (id: string, settings: AgentSettings): Promise<void> =>
    void (await call(options, 'PUT', id, JSON.stringify(settings)));
  return {
    get,
    put,
    delete: async (id) => void (await call(options, 'DELETE', id)),
    update: (id, change) =>
      locks.run(
        id,
        async () => {
          const settings = await get(id);
          if (settings === undefined) throw new ExpectedError(`The registry has no settings of VM '${id}'`);
          await put(id, change(settings));
        },
        options.signal,
      ),
  };
}

/** The body of the answer; undefined for 404. Tries again while the registry cannot be reached. */
async function call(
  { endpoint, user, password, signal }: RegistryOptions,
  method: 'GET' | 'PUT' | 'DELETE',
  id: string,
  body?: string,
): Promise<string | undefined> {
  const url = `${endpoint.replace(/\/+$/, '')}/instances/${encodeURIComponent(id)}/settings`;
  const headers = { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  const ask = async (): Promise<Response> => {
    const limit = AbortSignal.timeout(requestTimeoutMs);
    return await fetch(url, {
      method,
      headers,
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      ...(body !== undefined && { body }),
    });
  };
  try {
    const budget = { attempts, delayMs, isRetriable: () => signal?.aborted !== true, ...(signal && { signal }) };
    const response = await retry(budget, ask);
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (response.ok) return text;
    throw new ExpectedError(`it answered ${response.status}`);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ExpectedError(
      `The settings registry at ${endpoint} failed in ${method} of '${id}': ${messageOf(cause)}`,
      {
        cause,
        hint: 'Is it running, and are user and password those of its configuration?',
      },
    );
  }
}
