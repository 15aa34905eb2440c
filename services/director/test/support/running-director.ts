import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { simExecutable } from '@boti/cpi-sim';
import { type Cleanup, startNats, startPostgres, tempDir, testCertificates, waitFor } from '@boti/testkit';

/** The real Director program, spoken to over HTTPS. */
export interface RunningDirector {
  readonly url: string;
  readonly pid: number;
  readonly directory: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Follows the redirect of a call to its task and waits for the task's end. */
  task(answer: Answer): Promise<Record<string, unknown>>;
  /** The events of a task. */
  events(id: unknown): Promise<readonly Record<string, unknown>[]>;
  /** Ends it with this signal, waits, and starts it again on the same database. */
  restart(signal: NodeJS.Signals): Promise<void>;
  /** Ends it before the test's own end, for what must outlive it. */
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly body?: string | Readable;
  readonly headers?: Readonly<Record<string, string>>;
  /** `name:password`; null sends none. */
  readonly auth?: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

const mainFile = join(import.meta.dirname, '../../src/main.ts');

export async function startTestDirector(
  t: Cleanup,
  overrides: Record<string, unknown> = {},
  prepare: (directory: string) => Promise<void> = async () => undefined,
): Promise<RunningDirector> {
  const directory = await tempDir(t);
  await prepare(directory);
  const { config, ca } = await writeConfig(t, directory);
  const file = join(directory, 'director.json');
  await writeFile(file, JSON.stringify({ ...config, ...overrides }));
  let running = await launch(file);
  t.after(() => end(running.child, 'SIGTERM'));
  const call = (method: string, path: string, options: CallOptions = {}): Promise<Answer> =>
    request(ca, `${running.url}${path}`, { method, ...options });
  return {
    get url() {
      return running.url;
    },
    get pid() {
      return running.child.pid ?? 0;
    },
    directory,
    call,
    task: (answer) => followTask(call, answer),
    async events(id) {
      const { text } = await call('GET', `/tasks/${id}/output?type=event`);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    stop: () => end(running.child, 'SIGTERM'),
    async restart(signal) {
      await end(running.child, signal);
      running = await launch(file);
    },
  };
}

async function writeConfig(t: Cleanup, directory: string): Promise<{ config: Record<string, unknown>; ca: string }> {
  const certificates = await testCertificates();
  const path = async (name: string, content: string): Promise<string> => {
    await writeFile(join(directory, name), content, { mode: 0o600 });
    return join(directory, name);
  };
  const authFile = await path('auth.json', '{}');
  const nats = await startNats(t, { tls: certificates, authFile });
  const { url } = await (await startPostgres(t)).database();
  for (const folder of ['blobs', 'cloud']) await mkdir(join(directory, folder));
  const blobstore = { provider: 'local', options: { blobstore_path: join(directory, 'blobs') } };
  const config = {
    name: 'test-director',
    stateDir: join(directory, 'state'),
    listen: { hosts: ['127.0.0.1'], port: 0 },
    tls: {
      certificate: await path('https.crt', certificates.https.certificate),
      privateKey: await path('https.key', certificates.https.privateKey),
    },
    users: [
      { name: 'admin', password: 'secret:1' },
      { name: 'reader', password: 'reader', scopes: ['bosh.read'] },
      { name: 'dev', password: 'dev', scopes: ['bosh.teams.dev.admin'] },
    ],
    database: { url },
    nats: {
      servers: [nats.url],
      ca: await path('nats-ca.crt', certificates.ca.certificate),
      caPrivateKey: await path('nats-ca.key', certificates.ca.privateKey),
      certificate: await path('director.crt', certificates.director.certificate),
      privateKey: await path('director.key', certificates.director.privateKey),
      authFile,
      pidFile: nats.pidFile,
    },
    blobstore,
    cpi: {
      executable: simExecutable,
      properties: { stateDir: join(directory, 'cloud'), agent: { mbus: nats.url, blobstore } },
    },
    shutdownSeconds: 1,
    logLevel: 'warn',
  };
  return { config, ca: certificates.ca.certificate };
}

interface Launched {
  readonly child: ChildProcess;
  readonly url: string;
}

async function launch(file: string): Promise<Launched> {
  const child = spawn(process.execPath, [mainFile, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const failed = once(child, 'exit').then(() => {
    throw new Error(`the Director ended: ${errors}`);
  });
  const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed]);
  failed.catch(() => undefined);
  const { urls } = JSON.parse(String(line[0])) as { readonly urls: readonly string[] };
  return { child, url: urls[0] ?? '' };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function request(ca: string, url: string, options: CallOptions & { readonly method: string }): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { method, body, headers = {}, auth = 'admin:secret:1' } = options;
  const sent = https.request(url, { method, ca, headers, ...(auth === null ? {} : { auth }) }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const isJson = response.headers['content-type'] === 'application/json';
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text,
        json: isJson ? JSON.parse(text) : undefined,
      });
    });
    response.on('error', reject);
  });
  sent.on('error', reject);
  if (typeof body === 'object') await pipeline(body, sent);
  else sent.end(body);
  return promise;
}

async function followTask(call: RunningDirector['call'], answer: Answer): Promise<Record<string, unknown>> {
  if (answer.status !== 302) throw new Error(`expected a redirect to a task, got ${answer.status}: ${answer.text}`);
  const { pathname } = new URL(String(answer.headers.location));
  return waitFor(
    `the end of ${pathname}`,
    async () => {
      const { json } = await call('GET', pathname);
      const task = json as Record<string, unknown>;
      return task.timestamp === null ? undefined : task;
    },
    120_000,
  );
}
