import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentBus, type AgentClient, openNatsBus } from '@boti/agent-client';
import { startNats, type TestCertificates, testCertificates, waitFor } from '@boti/testkit';
import { freePort } from './supervisor-process.ts';

const src = join(import.meta.dirname, '../src');

export interface AgentOptions {
  /** More of settings.json. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly linux?: Readonly<Record<string, unknown>>;
  /** How to reach the agent, when not over NATS. */
  readonly client?: AgentClient;
}

interface Cleanup {
  after(work: () => Promise<void> | void): void;
}

/** The real agent and the real job supervisor, in a directory of their own, on a real nats-server. */
export class AgentProcess {
  readonly dir = mkdtempSync(join(tmpdir(), 'agent-process-'));
  readonly base = join(this.dir, 'vcap');
  readonly root = join(this.dir, 'root');
  readonly agentId = 'agent-1';
  bus!: AgentBus;
  client!: AgentClient;
  certificates!: TestCertificates;
  natsUrl = '';
  log = '';
  #agent: ChildProcess | undefined;
  #supervisor: ChildProcess | undefined;
  readonly #cleanups: (() => void)[] = [];
  #ports = { monit: 0, alerts: 0 };

  /** Starts everything; `t` ends it. */
  static async start(t: Cleanup, options: AgentOptions = {}): Promise<AgentProcess> {
    const agent = new AgentProcess();
    t.after(() => agent.stop());
    await agent.#prepare(t, options);
    agent.startSupervisor();
    agent.startAgent();
    await agent.client.waitUntilReady({ timeoutMs: 10_000 });
    return agent;
  }

  async #prepare(t: Cleanup, options: AgentOptions): Promise<void> {
    this.certificates = await testCertificates();
    const nats = await startNats(t, { tls: this.certificates, authFile: this.#authFile() });
    this.natsUrl = nats.url;
    this.#ports = { monit: await freePort(), alerts: await freePort() };
    for (const dir of ['etc', 'usr/local/share/ca-certificates']) mkdirSync(join(this.root, dir), { recursive: true });
    mkdirSync(join(this.base, 'bosh/etc'), { recursive: true });
    mkdirSync(join(this.root, 'etc/ssh'));
    writeFileSync(join(this.root, 'etc/ssh/ssh_host_rsa_key.pub'), 'ssh-rsa AAAA host\n');
    this.write(
      'bosh/etc/monitrc',
      `set daemon 1\ninclude ${this.base}/monit/*.monitrc\ninclude ${this.base}/monit/job/*.monitrc\n`,
    );
    this.write('bosh/agent.json', JSON.stringify(this.#config(options.linux ?? {})));
    await this.writeSettings(options.settings ?? {});
    this.bus = await openNatsBus({ servers: [nats.url], tls: this.#tls(this.certificates.director) });
    this.client = options.client ?? this.bus.agent(this.agentId);
  }

  /** As the Director's nats-sync writes it, with both certificates of the agent. */
  #authFile(): string {
    const subject = (name: string): string => `CN=${name}.bosh-internal,O=Cloud Foundry,C=USA`;
    const agent = ['agent', 'bootstrap.agent'].map((kind) => ({
      user: subject(`${this.agentId}.${kind}`),
      permissions: {
        publish: [
          ...['heartbeat', 'alert', 'shutdown'].map((topic) => `hm.agent.${topic}.${this.agentId}`),
          `director.*.${this.agentId}.*`,
        ],
        subscribe: [`agent.${this.agentId}`],
      },
    }));
    const director = {
      user: subject('default.director'),
      permissions: { publish: ['agent.*'], subscribe: ['director.>', 'hm.>'] },
    };
    const path = join(this.dir, 'auth.json');
    writeFileSync(path, JSON.stringify({ authorization: { users: [director, ...agent] } }));
    return path;
  }

  #tls({ certificate, privateKey }: { certificate: string; privateKey: string }): {
    ca: string;
    certificate: string;
    private_key: string;
  } {
    return { ca: this.certificates.ca.certificate, certificate, private_key: privateKey };
  }

  async tls(kind: 'permanent' | 'bootstrap'): Promise<{ ca: string; certificate: string; private_key: string }> {
    return this.#tls(await this.certificates.agent(this.agentId, kind));
  }

  #config(linux: Readonly<Record<string, unknown>>): unknown {
    const source = { Type: 'File', SettingsPath: join(this.dir, 'settings.json') };
    return {
      Platform: { Linux: { SkipDiskSetup: true, UsePreformattedPersistentDisk: true, ...linux } },
      Infrastructure: { Settings: { Sources: [source] } },
    };
  }

  async writeSettings(more: Readonly<Record<string, unknown>>): Promise<void> {
    const settings = {
      agent_id: this.agentId,
      vm: { name: 'vm-1' },
      mbus: this.natsUrl,
      networks: {
        default: {
          type: 'manual',
          ip: '10.0.0.9',
          netmask: '255.255.255.0',
          gateway: '10.0.0.1',
          dns: [],
          default: ['dns', 'gateway'],
          preconfigured: true,
        },
      },
      blobstore: { provider: 'local', options: { blobstore_path: join(this.dir, 'blobstore') } },
      disks: {},
      env: { bosh: { mbus: { cert: await this.tls('bootstrap') } } },
      ...more,
    };
    mkdirSync(join(this.dir, 'blobstore'), { recursive: true });
    writeFileSync(join(this.dir, 'settings.json'), JSON.stringify(settings));
  }

  startSupervisor(): void {
    const args = [
      '-I',
      '-c',
      join(this.base, 'bosh/etc/monitrc'),
      '--state-dir',
      join(this.base, 'monit'),
      '--port',
      String(this.#ports.monit),
    ];
    this.#supervisor = this.#spawn(['supervisor/main.ts', ...args]);
  }

  /** Restarts the agent whenever it ends by itself, as runit does. */
  startAgent(): void {
    const args = ['-P', 'dummy', '-b', this.base, '--system-root', this.root, '--heartbeat-ms', '300'];
    const ports = [
      '--supervisor-url',
      `http://127.0.0.1:${this.#ports.monit}`,
      '--alert-port',
      String(this.#ports.alerts),
    ];
    const child = this.#spawn(['main.ts', ...args, ...ports]);
    this.#agent = child;
    child.once('exit', (code) => {
      if (code === 0 && this.#agent === child) this.startAgent();
    });
  }

  #spawn([file = '', ...args]: string[]): ChildProcess {
    const child = spawn(process.execPath, [join(src, file), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const note = (chunk: Buffer): void => {
      this.log += chunk.toString();
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    return child;
  }

  /** Starts an agent with these settings that ends by itself; rejects with what it logged. */
  async runOnce(settings: unknown): Promise<void> {
    mkdirSync(join(this.base, 'bosh'), { recursive: true });
    this.write('bosh/agent.json', JSON.stringify(this.#config({})));
    writeFileSync(join(this.dir, 'settings.json'), JSON.stringify(settings));
    const child = this.#spawn(['main.ts', '-P', 'dummy', '-b', this.base, '--system-root', this.root]);
    const { promise, resolve } = Promise.withResolvers<number | null>();
    child.once('close', resolve);
    if ((await promise) !== 0) throw new Error(this.log);
  }

  async stopAgent(): Promise<void> {
    const child = this.#agent;
    this.#agent = undefined;
    await end(child);
  }

  /** Runs when the agent has ended and its directory is still there; the last one first. */
  defer(work: () => void): void {
    this.#cleanups.push(work);
  }

  get agentPid(): number {
    return this.#agent?.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#supervisor !== undefined && this.client !== undefined) {
      await this.client.call('stop', [], { timeoutMs: 5000 }).catch(() => undefined);
    }
    await this.bus?.[Symbol.asyncDispose]();
    await this.stopAgent();
    await end(this.#supervisor);
    for (const work of this.#cleanups.toReversed()) work();
    rmSync(this.dir, { recursive: true, force: true });
  }

  write(path: string, text: string, mode = 0o644): string {
    const target = join(this.base, path);
    mkdirSync(join(target, '..'), { recursive: true });
    writeFileSync(target, text);
    chmodSync(target, mode);
    return target;
  }

  untilJobState(state: string): Promise<unknown> {
    return waitFor(`job state ${state}`, async () => (await this.client.call('get_state', [])).job_state === state);
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  child.kill('SIGTERM');
  await promise;
}
