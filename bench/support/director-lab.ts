import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { simExecutable } from '@boti/cpi-sim';
import { basicAuth, createDirectorClient, type DirectorClient } from '@boti/director-api';
import type { TestCertificates } from '@boti/testkit';
import { startNats, tempDir, testCertificates } from '@boti/testkit';
import { Cleanups } from './cleanups.ts';
import { keptCache } from './kept-cache.ts';
import { commandOf, descendantsOf } from './processes.ts';

/** The Director as a user runs it, with its own PostgreSQL, nats-server and the simulated cloud. */
export interface DirectorLab {
  readonly client: DirectorClient;
  readonly directory: string;
  readonly pids: { readonly director: number; readonly nats: number; readonly postgres: () => readonly number[] };
}

const mainFile = join(import.meta.dirname, '../../services/director/src/main.ts');

export async function withDirector(work: (lab: DirectorLab) => Promise<void>): Promise<void> {
  await using cleanups = new Cleanups();
  await work(await startDirector(cleanups));
}

async function startDirector(cleanups: Cleanups): Promise<DirectorLab> {
  const directory = await tempDir(cleanups);
  // Run by root, PostgreSQL is another user's process.
  await chmod(directory, 0o755);
  const certificates = await testCertificates();
  const authFile = join(directory, 'auth.json');
  await writeFile(authFile, '{}');
  const nats = await startNats(cleanups, { tls: certificates, authFile });
  const config = await writeConfig({ directory, certificates, nats, authFile });
  // As cli/src/embedded starts it.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(keptCache, 'compiled-code') };
  const args = ['--max-semi-space-size=4', mainFile, '--config', config];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.after(() => end(child));
  const url = await urlOf(child);
  const auth = basicAuth('admin', 'secret');
  const client = createDirectorClient({ url, caCert: certificates.ca.certificate, auth });
  cleanups.after(() => client.close());
  const director = child.pid ?? 0;
  const postgres = (): number[] => descendantsOf(director).filter((pid) => commandOf(pid).includes('postgres'));
  return { client, directory, pids: { director, nats: nats.pid, postgres } };
}

interface Parts {
  readonly directory: string;
  readonly certificates: TestCertificates;
  readonly nats: { readonly url: string; readonly pidFile: string };
  readonly authFile: string;
}

async function writeConfig({ directory, certificates, nats, authFile }: Parts): Promise<string> {
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  for (const folder of ['blobs', 'cloud']) await mkdir(join(directory, folder));
  const blobstore = { provider: 'local', options: { blobstore_path: join(directory, 'blobs') } };
  const natsFiles = {
    ca: await file('nats-ca.crt', certificates.ca.certificate),
    caPrivateKey: await file('nats-ca.key', certificates.ca.privateKey),
    certificate: await file('director.crt', certificates.director.certificate),
    privateKey: await file('director.key', certificates.director.privateKey),
  };
  const config = {
    name: 'bench',
    stateDir: join(directory, 'director'),
    listen: { hosts: ['127.0.0.1'], port: 0 },
    tls: {
      certificate: await file('https.crt', certificates.https.certificate),
      privateKey: await file('https.key', certificates.https.privateKey),
    },
    users: [{ name: 'admin', password: 'secret' }],
    nats: { servers: [nats.url], ...natsFiles, authFile, pidFile: nats.pidFile },
    blobstore,
    cpi: {
      executable: simExecutable,
      properties: { stateDir: join(directory, 'cloud'), agent: { mbus: nats.url, blobstore } },
    },
    logLevel: 'warn',
  };
  return file('director.json', JSON.stringify(config));
}

async function urlOf(child: ChildProcess): Promise<string> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('the Director ended before it was ready');
  });
  const [line] = (await Promise.race([once(createInterface(child.stdout as Readable), 'line'), ended])) as [string];
  ended.catch(() => undefined);
  const [url = ''] = (JSON.parse(line) as { readonly urls: readonly string[] }).urls;
  return url;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
