import type { RequestListener } from 'node:http';
import { listenOn } from '@boti/service';
import type { BlobstoreServerConfig } from './config.ts';
import { handleRequest, type ServerDeps } from './handle-request.ts';

const headersTimeoutMs = 60_000;
const drainMs = 10_000;

/** Serves blobs on all configured addresses. Disposing of it lets running transfers end. */
export async function startServer(
  { listen, tls, idle_timeout_seconds: idleSeconds }: BlobstoreServerConfig,
  deps: ServerDeps,
): Promise<AsyncDisposable & { readonly urls: readonly string[] }> {
  const onRequest: RequestListener = (request, response) => void handleRequest(deps, request, response);
  return await listenOn({
    addresses: listen,
    tls,
    onRequest,
    drainMs,
    // A big upload may take longer than any fixed time; what must not happen is that nothing moves.
    options: { requestTimeout: 0, headersTimeout: headersTimeoutMs },
    prepare(server) {
      // The body is asked for only once the request has been accepted.
      server.on('checkContinue', onRequest);
      server.setTimeout(idleSeconds * 1_000);
    },
  });
}
