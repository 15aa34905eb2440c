import { ExpectedError } from '@boti/core';
import { fetchText } from '../blobs/http-transfer.ts';

interface RegistryPointer {
  readonly registry: { readonly endpoint: string };
  readonly server: { readonly name: string };
}

const requestTimeoutMs = 10_000;

/**
 * What a CPI of contract version 1 leaves in place of settings: the address of a registry and the name of this VM in it.
 * Answers what the registry has; content that is no such pointer is answered as it is.
 */
export async function followRegistry(content: unknown, signal: AbortSignal): Promise<unknown> {
  if (!isPointer(content)) return content;
  const { registry, server } = content;
  const { origin, pathname, username, password } = new URL(registry.endpoint);
  const url = `${origin}${pathname.replace(/\/+$/, '')}/instances/${encodeURIComponent(server.name)}/settings`;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]);
  const auth = username === '' ? undefined : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const { status, body } = await fetchText('GET', url, { auth, signal: limit });
  if (status !== 200)
    throw new ExpectedError(`The settings registry answered ${status} for VM '${server.name}': ${url}`);
  // BOSH: bosh-registry api_controller.rb: the settings are a text within JSON.
  return JSON.parse((JSON.parse(body) as { readonly settings: string }).settings);
}

function isPointer(content: unknown): content is RegistryPointer {
  if (typeof content !== 'object' || content === null || 'agent_id' in content) return false;
  const { registry, server } = content as { registry?: { endpoint?: unknown }; server?: { name?: unknown } };
  return typeof registry?.endpoint === 'string' && typeof server?.name === 'string';
}
