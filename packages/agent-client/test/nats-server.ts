import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real nats-server on loopback that demands client certificates. */
export interface NatsServer {
  readonly url: string;
  tls(commonName: string): { ca: string; certificate: string; private_key: string };
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startNatsServer(serverName = 'default.nats.bosh-internal'): Promise<NatsServer> {
  const dir = mkdtempSync(join(tmpdir(), 'agent-client-nats-'));
  const port = await freePort();
  const authority = certificateAuthority(dir);
  const server = authority.issue(serverName);
  writeFileSync(
    join(dir, 'nats.conf'),
    `listen: "127.0.0.1:${port}"
tls { cert_file: "${server.certificatePath}", key_file: "${server.keyPath}", ca_file: "${authority.path}", verify_and_map: true }
authorization { users: [ { user: "CN=director" }, { user: "CN=agent-1" } ] }
`,
  );
  let child = await run(dir, port);
  return {
    url: `nats://127.0.0.1:${port}`,
    tls(commonName) {
      const { certificatePath, keyPath } = authority.issue(commonName);
      return { ca: read(authority.path), certificate: read(certificatePath), private_key: read(keyPath) };
    },
    async restart() {
      await end(child);
      child = await run(dir, port);
    },
    async stop() {
      await end(child);
      rmSync(dir, { recursive: true });
    },
  };
}

interface Authority {
  readonly path: string;
  issue(commonName: string): { certificatePath: string; keyPath: string };
}

function certificateAuthority(dir: string): Authority {
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=ca', '-keyout', 'ca.key', '-out', 'ca.pem');
  return {
    path: join(dir, 'ca.pem'),
    issue(commonName) {
      const name = commonName.replaceAll(/[^\w.-]/g, '_');
      openssl('req', ...newKey, '-subj', `/CN=${commonName}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
      openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
      return { certificatePath: join(dir, `${name}.pem`), keyPath: join(dir, `${name}.key`) };
    },
  };
}

async function run(dir: string, port: number): Promise<ChildProcess> {
  const child = spawn('nats-server', ['-c', join(dir, 'nats.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
    if (log.includes('Server is ready')) resolve();
  });
  child.on('error', reject);
  child.on('exit', (code) => reject(new Error(`nats-server on port ${port} ended with ${code}:\n${log}`)));
  await promise;
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  while (child.exitCode === null && child.signalCode === null) await sleep(5);
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}

const read = (path: string): string => readFileSync(path, 'utf8');
