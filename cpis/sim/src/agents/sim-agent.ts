import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AgentReply,
  type AgentRequest,
  agentRequestSchema,
  agentSubject,
  heartbeatSubject,
  maxNatsReplyBytes,
  shutdownSubject,
} from '@boti/agent-protocol';
import { messageOf } from '@boti/core';
import { latencyOf } from '../config.ts';
import type { SimVm } from '../store.ts';
import { actions, isAsynchronous } from './actions.ts';
import type { AgentTools } from './agent-fleet.ts';
import { heartbeat } from './agent-state.ts';
import type { Bus } from './bus.ts';

/** How many lines of its own log an agent keeps. */
const logLines = 200;

/** The agent of one VM: on the bus, and in no machine. */
export class SimAgent implements AsyncDisposable {
  readonly #vmCid: string;
  readonly #tools: AgentTools;
  readonly #end = new AbortController();
  readonly #log: string[] = [];
  /** Results of asynchronous actions, by task id; kept as long as the agent. */
  readonly #tasks = new Map<string, Promise<AgentReply>>();
  readonly #finished = new Map<string, AgentReply>();
  /** Asynchronous actions run one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #bus: Bus | undefined;
  #subscription: Disposable | undefined;

  constructor(vmCid: string, tools: AgentTools) {
    this.#vmCid = vmCid;
    this.#tools = tools;
  }

  /** Comes up, and stays until it is disposed. */
  async run(): Promise<void> {
    const { signal } = this.#end;
    try {
      await delay(this.#tools.config().bootMs, undefined, { signal });
      await this.connect();
      const period = this.#tools.config().heartbeatSeconds * 1000;
      this.#beat();
      // Spread, so that all do not beat at once.
      await delay(Math.random() * period, undefined, { signal });
      for (;;) {
        this.#beat();
        await delay(period, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Joins the bus with the certificate it has now, then leaves it as it was before. */
  async connect(): Promise<void> {
    const { settings, agentId } = this.vm();
    const mbus = settings.env?.bosh?.mbus;
    const url = mbus?.urls?.[0] ?? settings.mbus;
    if (!url) return this.note('no message bus in the settings: nobody can reach this agent');
    const own = mbus?.cert?.certificate ? (mbus.cert as Parameters<AgentTools['connect']>[1]) : undefined;
    const bus = await this.#tools.connect(url, own, this.#end.signal);
    const subscription = bus.subscribe(agentSubject(agentId), (data) => {
      this.#receive(data).catch((error: unknown) => this.note(`request not answered: ${messageOf(error)}`));
    });
    const [oldBus, oldSubscription] = [this.#bus, this.#subscription];
    [this.#bus, this.#subscription] = [bus, subscription];
    this.note(`connected to ${url}`);
    oldSubscription?.[Symbol.dispose]();
    await oldBus?.close();
    if (this.#end.signal.aborted) await this.#leave();
  }

  vm(): SimVm {
    const vm = this.#tools.store.get('vm', this.#vmCid);
    if (vm === undefined) throw new Error(`VM '${this.#vmCid}' is gone`);
    return vm;
  }

  /** Remembers something about the VM. */
  change(parts: Partial<SimVm>): void {
    this.#tools.store.put('vm', { ...this.vm(), ...parts });
  }

  changeAgent(parts: Partial<SimVm['agent']>): void {
    this.change({ agent: { ...this.vm().agent, ...parts } });
  }

  note(line: string): void {
    this.#log.push(`${new Date().toISOString()} ${line}`);
    if (this.#log.length > logLines) this.#log.shift();
  }

  log(): string {
    return this.#log.map((line) => `${line}\n`).join('');
  }

  announceShutdown(): void {
    this.#bus?.publish(shutdownSubject(this.vm().agentId), null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#subscription?.[Symbol.dispose]();
    await this.#bus?.close();
  }

  #beat(): void {
    const vm = this.vm();
    this.#bus?.publish(heartbeatSubject(vm.agentId), heartbeat(vm));
  }

  async #receive(data: Uint8Array): Promise<void> {
    const request = agentRequestSchema.parse(JSON.parse(new TextDecoder().decode(data))) as AgentRequest;
    this.note(request.method);
    const reply = await this.#answer(request);
    if (reply !== undefined && request.reply_to !== '') this.#bus?.publish(request.reply_to, fitting(reply));
  }

  /** Undefined when a fault keeps the agent silent. */
  async #answer(request: AgentRequest): Promise<AgentReply | undefined> {
    const { method } = request;
    if (method === 'get_task') return this.#task(String(request.arguments[0]));
    const { faults, config } = this.#tools;
    const fault = faults.strike('action', method, this.#subject(request), config().faults);
    if (fault?.hang) return undefined;
    const work = async (): Promise<AgentReply> => {
      const ms = latencyOf(config().agentLatencyMs, method) + (fault?.delayMs ?? 0);
      if (ms > 0) await delay(ms, undefined, { signal: this.#end.signal });
      if (fault?.exception !== undefined) return { exception: { message: fault.exception } };
      const value = await this.#perform(request);
      return 'exception' in value || fault?.value === undefined ? value : { value: fault.value };
    };
    return isAsynchronous(request) ? this.#begin(work) : await work();
  }

  #subject({ arguments: args }: AgentRequest): string {
    const { agentId, agent } = this.vm();
    return [agentId, agent.spec.deployment, agent.spec.name, JSON.stringify(args)].join(' ');
  }

  async #perform(request: AgentRequest): Promise<AgentReply> {
    const action = Object.hasOwn(actions, request.method) ? actions[request.method] : undefined;
    if (action === undefined) return { exception: { message: `unknown message ${request.method}` } };
    try {
      return { value: await action(this, request.arguments) };
    } catch (error) {
      this.note(`${request.method} failed: ${messageOf(error)}`);
      return { exception: { message: `Action Failed ${request.method}: ${messageOf(error)}` } };
    }
  }

  #begin(work: () => Promise<AgentReply>): AgentReply {
    const id = randomUUID();
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    this.#tasks.set(
      id,
      done.then((reply) => {
        this.#finished.set(id, reply);
        return reply;
      }),
    );
    this.#tasks.get(id)?.catch(() => undefined);
    return { value: { agent_task_id: id, state: 'running' } };
  }

  #task(id: string): AgentReply {
    if (!this.#tasks.has(id)) return { exception: { message: `Task with id ${id} could not be found` } };
    return this.#finished.get(id) ?? { value: { agent_task_id: id, state: 'running' } };
  }
}

function fitting(reply: AgentReply): AgentReply {
  if (JSON.stringify(reply).length <= maxNatsReplyBytes) return reply;
  return { exception: { message: 'Response exceeded maximum allowed length' } };
}
