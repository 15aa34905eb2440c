import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@boti/core';
import { type CpiResponse, toWireError } from '@boti/cpi-sdk';
import { answerCall, type OfferedCloud } from './answer-call.ts';
import type { CallHead } from './call-message.ts';
import { reply } from './reply.ts';

/** The calls that are under way, each of which can be cancelled. */
export class RunningCalls {
  readonly #cloud: OfferedCloud;
  readonly #logger: Logger;
  readonly #signal: AbortSignal;
  readonly #running = new Map<string, { readonly controller: AbortController; readonly answered: Promise<void> }>();

  /** `signal` cancels all. */
  constructor(cloud: OfferedCloud, { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal }) {
    this.#cloud = cloud;
    this.#logger = logger;
    this.#signal = signal;
  }

  /** Runs the call and answers it. A client that goes away cancels its call: what it had made is undone. */
  async answer(id: string, message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#running.has(id)) return reply(response, 409, { error: `Call ${id} is under way already` });
    if (this.#running.size >= this.#cloud.api.maxCalls || this.#signal.aborted) {
      return reply(response, 503, { error: 'The container cloud is busy: too many calls run at the same time' });
    }
    const controller = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) controller.abort(new Error('its client has gone away'));
    });
    const answered = this.#run(id, { message, response, signal: AbortSignal.any([controller.signal, this.#signal]) });
    this.#running.set(id, { controller, answered });
    try {
      await answered;
    } finally {
      this.#running.delete(id);
    }
  }

  cancel(id: string): void {
    this.#running.get(id)?.controller.abort(new Error('cancelled by the caller'));
  }

  async allAnswered(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(({ answered }) => answered));
  }

  async #run(id: string, { message, response, signal }: RunningCall): Promise<void> {
    const startedAt = performance.now();
    const log = this.#logger.with({ call: id });
    let head: CallHead | undefined;
    const onHead = (known: CallHead): void => {
      head = known;
    };
    if (message.headers.expect !== undefined) response.writeContinue();
    const stderr = (text: string): void => log.debug(text.trimEnd());
    const answer = await answerCall(message, this.#cloud, { signal, stderr, onHead }).catch(failed);
    log.info('answered', {
      ...about(head),
      from: message.socket.remoteAddress,
      error: answer.error?.type,
      ms: Math.round(performance.now() - startedAt),
    });
    await reply(response, 200, answer);
  }
}

interface RunningCall {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

function failed(error: unknown): CpiResponse {
  return { result: null, error: toWireError(error), log: '' };
}

/** Nothing of the arguments: they hold keys and passwords. */
function about(head: CallHead | undefined): Readonly<Record<string, unknown>> {
  const context = head?.request.context as { director_uuid?: unknown; request_id?: unknown } | null | undefined;
  return {
    method: head?.request.method,
    director: context?.director_uuid,
    request: context?.request_id,
    imageBytes: head?.image?.bytes,
  };
}
