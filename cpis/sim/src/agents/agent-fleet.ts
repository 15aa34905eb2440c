import type { CertificateSet } from '@boti/agent-protocol';
import { type Logger, messageOf } from '@boti/core';
import type { SimConfig } from '../config.ts';
import type { Faults } from '../faults.ts';
import type { Store } from '../store.ts';
import { type Bus, connectBus } from './bus.ts';
import { Gate } from './gate.ts';
import { SimAgent } from './sim-agent.ts';

const connectsAtOnce = 32;

interface FleetOptions {
  readonly store: Store;
  readonly faults: Faults;
  readonly config: SimConfig;
  readonly logger: Logger;
}

/** What an agent works with. */
export interface AgentTools {
  readonly store: Store;
  readonly faults: Faults;
  readonly logger: Logger;
  /** The configuration of the latest call: faults and latencies may change at any time. */
  config(): SimConfig;
  /** A connection for one agent, or a part of the one that all share. */
  connect(url: string, own: CertificateSet | undefined, signal: AbortSignal): Promise<Bus>;
}

/** The agents of all VMs. */
export class AgentFleet implements AsyncDisposable {
  readonly #agents = new Map<string, SimAgent>();
  readonly #tools: AgentTools;
  readonly #logger: Logger;
  /** Servers give a TLS handshake two seconds: thousands at once would all miss them. */
  readonly #gate = new Gate(connectsAtOnce);
  #config: SimConfig;
  #shared: Promise<Bus> | undefined;

  constructor({ config, logger, ...rest }: FleetOptions) {
    this.#config = config;
    this.#logger = logger;
    this.#tools = {
      ...rest,
      logger,
      config: () => this.#config,
      connect: (url, own, signal) => this.#connect(url, own, signal),
    };
  }

  configure(config: SimConfig): void {
    this.#config = config;
  }

  /** Brings back the agents of a cloud that was shut down. */
  startAll(): void {
    for (const { cid, agent } of this.#tools.store.all('vm')) if (!agent.isOff) this.start(cid);
  }

  start(vmCid: string): void {
    const agent = new SimAgent(vmCid, this.#tools);
    this.#agents.set(vmCid, agent);
    agent.run().catch((error: unknown) => this.#logger.error('agent ended', { vm: vmCid, error: messageOf(error) }));
  }

  /** Silence, as when a VM is gone. Absent is success. */
  async stop(vmCid: string): Promise<void> {
    const agent = this.#agents.get(vmCid);
    this.#agents.delete(vmCid);
    await agent?.[Symbol.asyncDispose]();
  }

  log(vmCid: string): string {
    return this.#agents.get(vmCid)?.log() ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#agents.keys()].map((cid) => this.stop(cid)));
    const shared = await this.#shared?.catch(() => undefined);
    await shared?.close();
  }

  async #connect(url: string, own: CertificateSet | undefined, signal: AbortSignal): Promise<Bus> {
    const common = this.#config.sharedConnection;
    if (common === undefined) return await connectBus(url, own, { gate: this.#gate, signal });
    this.#shared ??= connectBus(url, common, { gate: this.#gate, signal: new AbortController().signal });
    const bus = await this.#shared;
    // The connection is everybody's: an agent that ends leaves it open.
    return { ...bus, close: async () => undefined };
  }
}
