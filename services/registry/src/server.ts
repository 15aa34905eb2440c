import { listenOn } from '@boti/service';
import type { RegistryConfig } from './config.ts';
import { handleRequest, type RegistryDeps } from './handle-request.ts';

const drainMs = 5000;

/** Serves settings on all configured addresses. Disposing of it lets running requests end. */
export async function startServer(
  { listen, tls }: Pick<RegistryConfig, 'listen' | 'tls'>,
  deps: RegistryDeps,
): Promise<AsyncDisposable & { readonly urls: readonly string[] }> {
  return await listenOn({
    addresses: listen,
    tls,
    onRequest: (request, response) => void handleRequest(deps, request, response),
    drainMs,
  });
}
