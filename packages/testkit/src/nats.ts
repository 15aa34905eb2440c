import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { TestCertificates } from './certificates.ts';
import { type Cleanup, tempDir } from './temp-dir.ts';
import { waitFor } from './wait-for.ts';

export interface TestNats {
  /** `nats://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly pidFile: string;
  stop(): Promise<void>;
}

export interface TestNatsOptions {
  /** With them: TLS, clients must show a certificate of this CA, and it says who they are. */
  readonly tls?: TestCertificates;
  /** nats-server's authorization, included by its configuration; read again upon SIGHUP. */
  readonly authFile?: string;
}

/** Starts a real nats-server on a free loopback port and stops it after the test `t`. */
export async function startNats(t: Cleanup, options: TestNatsOptions = {}): Promise<TestNats> {
  const directory = await tempDir(t);
  const configFile = join(directory, 'nats.conf');
  const pidFile = join(directory, 'nats.pid');
  const lines = ['listen: "127.0.0.1:-1"', `ports_file_dir: "${directory}"`, `pid_file: "${pidFile}"`];
  if (options.tls !== undefined) lines.push(await tlsBlock(directory, options.tls));
  if (options.authFile !== undefined) lines.push(`include ${JSON.stringify(relative(directory, options.authFile))}`);
  await writeFile(configFile, `${lines.join('\n')}\n`);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'nats-server', '-c', configFile], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const stop = (): Promise<void> => end(child);
  t.after(stop);
  const pid = child.pid ?? 0;
  const port = await waitFor('nats-server', () => {
    if (child.exitCode !== null) throw new Error(`nats-server ended: ${log}`);
    return portOf(directory, pid);
  });
  return { url: `nats://127.0.0.1:${port}`, port, pid, pidFile, stop };
}

async function portOf(directory: string, pid: number): Promise<number | undefined> {
  const file = join(directory, `nats-server_${pid}.ports`);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined || text === '') return undefined;
  const ports = JSON.parse(text) as { readonly nats?: readonly string[]; readonly tls?: readonly string[] };
  const url = ports.nats?.[0] ?? ports.tls?.[0];
  return url === undefined ? undefined : Number(new URL(url).port);
}

async function tlsBlock(directory: string, { ca, nats }: TestCertificates): Promise<string> {
  const files = { ca: ca.certificate, cert: nats.certificate, key: nats.privateKey };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, `${name}.pem`), content, { mode: 0o600 });
  }
  const path = (name: string): string => JSON.stringify(join(directory, `${name}.pem`));
  return `tls { cert_file: ${path('cert')}, key_file: ${path('key')}, ca_file: ${path('ca')}, verify_and_map: true }`;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
}
