import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificates } from '@boti/testkit';

export interface SurfaceDirector extends AsyncDisposable {
  readonly url: string;
  /** `GET /tasks as Basic admin:pw`, `POST /oauth/token as Basic cl:sec with grant_type=client_credentials`. */
  readonly requests: readonly string[];
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A Director that two clients may ask, and its UAA at the same address. */
export async function surfaceDirector({ https }: TestCertificates, usesUaa: boolean): Promise<SurfaceDirector> {
  const requests: string[] = [];
  const server = createServer({ key: https.privateKey, cert: https.certificate }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const path = request.url ?? '';
    const speaker = credentials(request.headers);
    const as = speaker === '' ? '' : ` as ${speaker}`;
    requests.push(`${request.method} ${path}${as}${body === '' ? '' : ` with ${body}`}`);
    const reply = answer(path, speaker, { body, uaaUrl: usesUaa ? urlOf(server.address()) : undefined });
    response.writeHead(reply.status, { 'Content-Type': 'application/json' });
    response.end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: urlOf(server.address()),
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const urlOf = (address: unknown): string => `https://127.0.0.1:${(address as AddressInfo).port}`;

function credentials({ authorization = '' }: IncomingHttpHeaders): string {
  return authorization.replace(/^Basic (.*)/, (_: string, text: string) => `Basic ${Buffer.from(text, 'base64')}`);
}

const users: Readonly<Record<string, string>> = {
  'Basic admin:pw': 'admin',
  'Basic cl:sec': 'cl',
  'bearer tok-xxxxxxxx': 'uaauser',
};

function answer(path: string, speaker: string, about: { body: string; uaaUrl: string | undefined }): Reply {
  if (path === '/info') return { status: 200, body: info(users[speaker] ?? null, about.uaaUrl) };
  if (path === '/login') return { status: 200, body: JSON.stringify(prompts) };
  if (path === '/oauth/token') return token(speaker, about.body);
  if (users[speaker] === undefined) return { status: 401, body: "Not authorized: '/x'\n" };
  return replies[path] ?? { status: 404, body: 'Endpoint not found\n' };
}

const prompts = { prompts: { password: ['password', 'Password'], username: ['text', 'Email'] } };

function token(client: string, body: string): Reply {
  const isClient = client === 'Basic cl:sec' && body === 'grant_type=client_credentials';
  const isUser = client === 'Basic bosh_cli:' && body === 'grant_type=password&password=pw&username=u';
  const isRefresh = client === 'Basic bosh_cli:' && body === 'grant_type=refresh_token&refresh_token=ref-0';
  if (!isClient && !isUser && !isRefresh) return { status: 401, body: '{"error":"unauthorized"}' };
  const refresh = isClient ? {} : { refresh_token: 'ref-1' };
  return { status: 200, body: JSON.stringify({ token_type: 'bearer', access_token: 'tok-xxxxxxxx', ...refresh }) };
}

const json = (value: unknown, status = 200): Reply => ({ status, body: JSON.stringify(value) });

const replies: Readonly<Record<string, Reply>> = {
  '/deployments?exclude_configs=true': json([
    {
      name: 'zz',
      releases: [
        { name: 'r', version: '1' },
        { name: 'q', version: '2' },
      ],
      stemcells: [{ name: 's', version: '1.1' }],
      teams: ['t1', 't2'],
      cloud_config: 'none',
    },
    { name: 'aa', releases: [], stemcells: [], teams: [], cloud_config: 'none' },
  ]),
  '/tasks': json([]),
  '/tasks?state=processing%2Ccancelling%2Cqueued&verbose=2': json([]),
  '/deployments/err': json({ code: 100, description: 'Internal boom' }, 500),
  '/deployments/nf': json({ code: 70000, description: "Deployment 'nf' doesn't exist" }, 404),
  '/deployments/html': { status: 502, body: '<html>Bad Gateway</html>' },
  '/deployments/garbage': { status: 200, body: 'not json' },
};

const off = { status: false };

function info(user: string | null, uaaUrl: string | undefined): string {
  return JSON.stringify({
    name: 'fake',
    uuid: 'fake-uuid',
    version: '280.0.0 (00000000)',
    user,
    cpi: 'tiny_cpi',
    stemcell_os: 'ubuntu-jammy',
    stemcell_version: '1.1',
    user_authentication:
      uaaUrl === undefined ? { type: 'basic', options: {} } : { type: 'uaa', options: { url: uaaUrl } },
    features: { dns: off, compiled_package_cache: off, snapshots: off, config_server: off },
  });
}
