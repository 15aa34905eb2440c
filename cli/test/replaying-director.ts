import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificates } from '@boti/testkit';

export interface Recording {
  readonly name: string;
  readonly exchanges: readonly RecordedExchange[];
  readonly tasks: Readonly<Record<string, RecordedTask>>;
  readonly runs: readonly RecordedRun[];
}

interface RecordedExchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly request?: string;
  readonly location?: string;
  readonly body?: string;
}

/** What a task was at its end; it is shown as under way once before. */
interface RecordedTask {
  readonly last: { readonly id: number };
  readonly event?: string;
  readonly result?: string;
}

interface RecordedRun {
  /** Arguments as they were typed after `bosh`. */
  readonly command: string;
  readonly mode: 'tty' | 'pipe' | 'json';
  readonly exit: number;
  readonly stdout: string;
  readonly stderr?: string;
}

interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly bytes: Buffer;
  readonly user: string | undefined;
}

export interface ReplayingDirector extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
}

/** Answers as a recorded Director did; everything else is answered with 404. */
export async function replayDirector(recording: Recording, { https }: TestCertificates): Promise<ReplayingDirector> {
  const requests: SeenRequest[] = [];
  const polls = new Map<string, number>();
  const server = createServer({ key: https.privateKey, cert: https.certificate }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const user = userOf(headers.authorization);
    const bytes = Buffer.concat(chunks);
    if (url !== '/info') requests.push({ method, path: url, body: bytes.toString(), bytes, user });
    const reply = answer(recording, { method, url, range: headers.range, user, polls });
    response.writeHead(reply.status, reply.location === undefined ? {} : { Location: reply.location });
    response.end(reply.body);
  });
  const port = await listen(server);
  return {
    url: `https://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly range: string | undefined;
  readonly user: string | undefined;
  readonly polls: Map<string, number>;
}

interface Reply {
  readonly status: number;
  readonly location?: string | undefined;
  readonly body: string | Buffer;
}

function answer(recording: Recording, asked: Asked): Reply {
  if (asked.url === '/info') return { status: 200, body: JSON.stringify({ ...info, user: asked.user ?? null }) };
  const task = /^\/tasks\/(\d+)(?:\/output\?type=(\w+))?$/.exec(asked.url);
  const recorded = recording.tasks[task?.[1] ?? ''];
  if (recorded !== undefined) return answerTask(recorded, task?.[2], asked);
  const found = recording.exchanges.find(
    (one) => one.method === asked.method && canonical(one.path) === canonical(asked.url),
  );
  return found === undefined
    ? { status: 404, body: `Endpoint '${asked.url}' not found.` }
    : { status: found.status, location: found.location, body: found.body ?? '' };
}

function answerTask(task: RecordedTask, output: string | undefined, { range, polls }: Asked): Reply {
  if (output === undefined) {
    const count = polls.get(String(task.last.id)) ?? 0;
    polls.set(String(task.last.id), count + 1);
    const state = count < 2 ? { ...task.last, state: 'processing' } : task.last;
    return { status: 200, body: JSON.stringify(state) };
  }
  const whole = Buffer.from((output === 'event' ? task.event : task.result) ?? '');
  const offset = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? -1);
  if (offset === -1) return { status: 200, body: whole };
  if (offset >= whole.length) return { status: 416, body: 'Byte range unsatisfiable' };
  return { status: 206, body: whole.subarray(offset) };
}

/** Without empty parameters, which mean nothing, and with the others in order. */
function canonical(path: string): string {
  const [pathname, query = ''] = path.split('?');
  const parameters = query.split('&').filter((one) => one !== '' && !one.endsWith('='));
  return `${pathname}?${parameters.map(decodeURIComponent).sort().join('&')}`;
}

/** Everybody whose password is not `wrong`. */
function userOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [user, password] = Buffer.from(header.replace('Basic ', ''), 'base64').toString().split(':');
  return password === 'wrong' ? undefined : user;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const info = {
  name: 'PeerDirector',
  uuid: 'deadbeef',
  version: '277.3.0 (581811a6)',
  cpi: 'dummy-cpi',
  stemcell_os: '-',
  stemcell_version: '-',
  user_authentication: { type: 'basic', options: {} },
  features: {
    local_dns: { status: true, extras: { domain_name: 'bosh' } },
    power_dns: { status: false, extras: { domain_name: 'bosh' } },
    snapshots: { status: true },
    config_server: { status: false, extras: { urls: [] } },
  },
};
