import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@boti/core';
import { type Cloud, CloudError, type CloudErrorType, type CpiContext, type CreateVmRequest } from '@boti/cpi-sdk';
import { AgentFleet } from './agents/agent-fleet.ts';
import { latencyOf, type SimConfig } from './config.ts';
import { disks } from './disks.ts';
import { type Fault, Faults } from './faults.ts';
import { networks } from './networks.ts';
import { randomNumbers } from './random-numbers.ts';
import { snapshots } from './snapshots.ts';
import { stemcells } from './stemcells.ts';
import { Store } from './store.ts';
import { vms } from './vms.ts';

/** What the methods of the simulated cloud work with. */
export interface Simulation {
  readonly store: Store;
  readonly agents: AgentFleet;
  readonly config: SimConfig;
}

interface SimCall {
  /** On the wire. */
  readonly name: string;
  readonly args: readonly unknown[];
  readonly run: (...args: readonly unknown[]) => unknown;
}

/** One simulated cloud, and the agents of its VMs. */
export class Simulator implements AsyncDisposable {
  readonly #store: Store;
  readonly #faults: Faults;
  readonly #agents: AgentFleet;
  readonly #random: () => number;
  /** Calls that make something and still run, by what their caller named it. */
  readonly #creations = new Map<string, Promise<unknown>>();

  constructor(config: SimConfig, logger: Logger) {
    this.#store = new Store(join(config.stateDir, 'state.jsonl'));
    this.#faults = new Faults(join(config.stateDir, 'faults.json'));
    this.#agents = new AgentFleet({ store: this.#store, faults: this.#faults, config, logger });
    this.#random = randomNumbers(config.seed);
    this.#agents.startAll();
  }

  /** The cloud as one call sees it: slow and faulty as its configuration says. */
  cloud(config: SimConfig, context: CpiContext): Cloud {
    this.#agents.configure(config);
    const simulation = { store: this.#store, agents: this.#agents, config };
    const parts = { ...stemcells(simulation, context), ...vms(simulation, context), ...disks(simulation, context) };
    return this.#troubled({ ...parts, ...snapshots(simulation, context), ...networks(simulation) }, config, context);
  }

  get size(): number {
    return this.#store.all('vm').length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agents[Symbol.asyncDispose]();
  }

  #troubled(cloud: Cloud, config: SimConfig, context: CpiContext): Cloud {
    const methods = Object.entries(cloud) as [string, (...args: unknown[]) => Promise<unknown>][];
    const wrapped = methods.map(([name, run]) => [
      name,
      (...args: unknown[]) => this.#call({ name: wireName(name), args, run }, config, context),
    ]);
    return Object.fromEntries(wrapped) as Cloud;
  }

  async #call({ name, args, run }: SimCall, config: SimConfig, context: CpiContext): Promise<unknown> {
    if (name === 'find_creation') await this.#creations.get(String(args[0]))?.catch(() => undefined);
    const work = this.#work({ name, args, run }, config, context.signal);
    const id = creationOf(name, args, context);
    if (id === undefined) return await work;
    this.#creations.set(id, work);
    try {
      return await work;
    } finally {
      if (this.#creations.get(id) === work) this.#creations.delete(id);
    }
  }

  async #work({ name, args, run }: SimCall, config: SimConfig, signal: AbortSignal): Promise<unknown> {
    const fault = this.#faults.strike('method', name, JSON.stringify(args), config.faults);
    await pause(latencyOf(config.latencyMs, name) + (fault?.delayMs ?? 0), signal);
    if (fault?.hang) await untilAborted(signal);
    if (fault?.late) await run(...args);
    if (fault?.error !== undefined) throw toError(fault.error);
    if (this.#random() < (config.errorRates[name] ?? 0)) throw chance(name);
    return await run(...args);
  }
}

/** What the caller calls the thing that this call makes; see `findCreation`. */
function creationOf(name: string, args: readonly unknown[], { creationId }: CpiContext): string | undefined {
  if (name === 'create_vm') return (args[0] as CreateVmRequest).agentId;
  return name.startsWith('create_') || name === 'snapshot_disk' ? creationId : undefined;
}

function chance(name: string): CloudError {
  const type = name === 'create_vm' ? 'VMCreationFailed' : 'CloudError';
  return new CloudError(type, `'${name}' failed by chance (errorRates)`, { okToRetry: type === 'VMCreationFailed' });
}

function toError({ type, message, okToRetry }: NonNullable<Fault['error']>): CloudError {
  return new CloudError(type as CloudErrorType, message, { okToRetry });
}

function wireName(method: string): string {
  return method.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal });
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  if (signal.aborted) reject(signal.reason);
  return await promise;
}
