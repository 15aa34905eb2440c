import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@boti/testkit';
import { type MonitService, parseMonitStatus } from '../src/job-supervisor/parse-status.ts';

const main = join(import.meta.dirname, '../src/supervisor/main.ts');

/** The real supervisor in a directory of its own, with jobs made of shell scripts. */
export class SupervisorProcess implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'agent-supervisor-'));
  port = 0;
  #child: ChildProcess | undefined;
  log = '';

  async start(extraConfig = ''): Promise<void> {
    this.port ||= await freePort();
    mkdirSync(join(this.dir, 'monit'), { recursive: true });
    writeFileSync(join(this.dir, 'monit/monit.user'), 'vcap:random-password');
    writeFileSync(join(this.dir, 'monitrc'), `set daemon 1\n${extraConfig}\ninclude ${this.dir}/*.monitrc\n`);
    const args = [main, '-I', ...this.#options()];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    await waitFor('the supervisor is ready', () => this.log.includes('ready'));
    this.log = this.log.replaceAll('ready', '');
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#child?.kill(signal);
    await waitFor('the supervisor has ended', () => this.#child?.exitCode !== null || this.#child?.signalCode !== null);
  }

  /** Writes a job: `body` is the shell text that runs as the service, by default a foreground sleep. */
  job(name: string, options: { body?: string; background?: boolean; extra?: string } = {}): void {
    const { body = 'exec sleep 1000', background = false, extra = 'group vcap' } = options;
    const pidfile = this.pidfile(name);
    const run = background ? `(${body}) & echo $! > ${pidfile}` : `echo $$ > ${pidfile}\n${body}`;
    this.script(`${name}-start`, run);
    this.script(`${name}-stop`, `kill $(cat ${pidfile}); rm -f ${pidfile}`);
    writeFileSync(
      join(this.dir, `${name}.monitrc`),
      `check process ${name}
  with pidfile ${pidfile}
  start program "${this.dir}/${name}-start" with timeout 3 seconds
  stop program "${this.dir}/${name}-stop" with timeout 3 seconds
  ${extra}
`,
    );
  }

  script(name: string, text: string): void {
    writeFileSync(join(this.dir, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(this.dir, name), 0o755);
  }

  pidfile(name: string): string {
    return join(this.dir, `${name}.pid`);
  }

  /** 0 while there is no pidfile. */
  pid(name: string): number {
    return existsSync(this.pidfile(name)) ? Number(readFileSync(this.pidfile(name), 'utf8')) : 0;
  }

  /** Runs the `monit` command. */
  async monit(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const { promise, resolve } = Promise.withResolvers<{ code: number; stdout: string; stderr: string }>();
    execFile(process.execPath, [main, ...this.#options(), ...words], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
    return promise;
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const authorization = `Basic ${btoa('vcap:random-password')}`;
    return fetch(`http://127.0.0.1:${this.port}${path}`, { headers: { authorization }, ...init });
  }

  async act(name: string, action: string): Promise<number> {
    const response = await this.request(`/${name}`, { method: 'POST', body: new URLSearchParams({ action }) });
    return response.status;
  }

  async services(): Promise<ReadonlyMap<string, MonitService>> {
    const response = await this.request('/_status2?format=xml');
    return new Map(parseMonitStatus(await response.text()).services.map((service) => [service.name, service]));
  }

  async untilState(name: string, state: 'running' | 'stopped' | 'failing', seconds = 10): Promise<void> {
    await waitFor(
      `${name} is ${state}`,
      async () => {
        const service = (await this.services()).get(name);
        if (service === undefined || service.isPending) return false;
        if (state === 'stopped') return service.monitor === 0;
        return service.monitor === 1 && (service.status === 0) === (state === 'running');
      },
      seconds * 1000,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child?.exitCode === null) {
      for (const name of (await this.services()).keys()) await this.act(name, 'stop');
      await waitFor('all services are stopped', async () =>
        (await this.services()).values().every((s) => s.monitor === 0 && !s.isPending),
      );
      await this.kill('SIGTERM');
    }
    rmSync(this.dir, { recursive: true });
  }

  #options(): string[] {
    return ['-c', join(this.dir, 'monitrc'), '--state-dir', join(this.dir, 'monit'), '--port', String(this.port)];
  }
}

export function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z');
  } catch {
    return false;
  }
}

export function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}
