import { randomUUID } from 'node:crypto';
import { messageOf } from '@boti/core';
import {
  CloudError,
  type CpiResponse,
  type DispatchOptions,
  parseRequest,
  resolveConfig,
  toWireError,
} from '@boti/cpi-sdk';
import { configSchema } from './config.ts';
import { connectSim, SimLink } from './sim-client.ts';

/** Passes requests on to the process that is the simulated cloud: one for each stateDir. */
export class Forwarder {
  readonly #links = new Map<string, Promise<SimLink>>();

  /** Never throws: a failure is an answer. */
  async answer(body: unknown, call: Pick<DispatchOptions, 'file' | 'signal'>): Promise<CpiResponse> {
    try {
      return await this.#forward(body, call);
    } catch (error) {
      const isCancel = call.signal.aborted && !(error instanceof CloudError);
      const failure = isCancel ? new CloudError('CloudError', `The call was cancelled: ${messageOf(error)}`) : error;
      return { result: null, error: toWireError(failure), log: '' };
    }
  }

  async #forward(body: unknown, { file, signal }: Pick<DispatchOptions, 'file' | 'signal'>): Promise<CpiResponse> {
    const request = parseRequest(body);
    const { properties, agent } = file;
    const { config, agent: agentOptions } = resolveConfig(configSchema, file, request.context);
    const context = { ...properties, ...request.context, agent: { ...agent, ...agentOptions } };
    const link = await this.#link(config.stateDir, () => connectSim(config));
    // A signal that is aborted already tells nobody any more.
    signal.throwIfAborted();
    const id = randomUUID();
    const cancel = (): void => link.cancel(id);
    signal.addEventListener('abort', cancel, { once: true });
    const line = await link.ask(id, { ...request, context });
    signal.removeEventListener('abort', cancel);
    if (line === undefined) throw new CloudError('CloudError', 'The simulated cloud ended during the call');
    const { result, error, log } = JSON.parse(line) as CpiResponse;
    return { result, error, log };
  }

  #link(stateDir: string, connect: () => ReturnType<typeof connectSim>): Promise<SimLink> {
    const present = this.#links.get(stateDir);
    if (present !== undefined) return present;
    const link = connect().then((socket) => new SimLink(socket));
    this.#links.set(stateDir, link);
    const forget = (): void => {
      if (this.#links.get(stateDir) === link) this.#links.delete(stateDir);
    };
    link.then(({ closed }) => closed).then(forget, forget);
    return link;
  }
}
