import { type Clock, systemClock } from '@boti/core';
import { z } from 'zod';
import type { Blobstore } from './blobstore.ts';
import { httpBlobstore } from './http-blobstore.ts';
import { objectPath } from './object-path.ts';
import { openConnections } from './send-request.ts';
import { signDavUrl } from './sign-dav-url.ts';

/** Named as upstream's dav client reads them. */
export const davOptions = z.object({
  endpoint: z.url(),
  user: z.string().optional(),
  password: z.string().optional(),
  /** Shared with the server; without it nothing can be signed. */
  secret: z.string().optional(),
  retry_attempts: z.number().int().positive().default(3),
  tls: z.object({ cert: z.object({ ca: z.string().optional() }) }).optional(),
  /** Where agents see it differently: another address, another user. */
  agent: z
    .object({ endpoint: z.url().optional(), user: z.string().optional(), password: z.string().optional() })
    .default({}),
});
export type DavOptions = z.input<typeof davOptions>;

export function davBlobstore(input: DavOptions, clock: Clock = systemClock): Blobstore {
  const options = davOptions.parse(input);
  const { user, password, secret, tls, agent } = options;
  const endpoint = options.endpoint.replace(/\/+$/, '');
  const agentEndpoint = agent.endpoint ?? endpoint;
  const ca = tls?.cert.ca;
  const basic = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64');
  const headers: Record<string, string> = user === undefined ? {} : { authorization: `Basic ${basic}` };
  return httpBlobstore({
    where: `the blobstore at ${new URL(endpoint).host}`,
    attempts: options.retry_attempts,
    connections: openConnections(ca === undefined ? {} : { ca }),
    address: (_verb, id) => ({ url: `${endpoint}/${objectPath(id)}`, headers }),
    signedUrl(id, verb, seconds) {
      if (secret === undefined) return undefined;
      const timestamp = Math.floor(clock.now().getTime() / 1000);
      return signDavUrl({ endpoint: agentEndpoint, secret, verb, id, timestamp, expires: seconds });
    },
    agentSettings({ signedUrls = false } = {}) {
      const credentials = signedUrls ? {} : { user: agent.user ?? user, password: agent.password ?? password };
      return { provider: 'dav', options: { endpoint: agentEndpoint, ...credentials, ...(tls && { tls }) } };
    },
  });
}
