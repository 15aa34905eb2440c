import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '@boti/core';
import type { RenderWorkerMessage, RenderWorkerOptions } from './render-worker.ts';
import type { RubyOutcome, RubyTask } from './ruby-vm.ts';

// For the JavaScript around Ruby, whose memory is its own.
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 } as const;

/** One worker thread with one Ruby. It renders one template at a time and answers even when Ruby does not. */
export class RubyWorker {
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  #isUsable = true;
  #settle: ((outcome: RubyOutcome | Error) => void) | undefined;

  constructor(memoryBytes: number) {
    // The extension is .js once the package has been emitted.
    const program = new URL(`./render-worker${extname(import.meta.filename)}`, import.meta.url);
    const workerData: RenderWorkerOptions = { memoryBytes };
    this.#worker = new Worker(program, { workerData, name: 'templates', execArgv: [], resourceLimits });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#ready = promise;
    promise.catch(() => undefined);
    const fail = (error: Error): void => {
      this.#isUsable = false;
      reject(error);
      this.#settle?.(error);
    };
    this.#worker.on('message', (message: RenderWorkerMessage) => {
      if (message.kind === 'ready') resolve();
      else this.#settle?.(message);
    });
    this.#worker.on('error', (error) => fail(new Error(`The template worker failed: ${messageOf(error)}`)));
    this.#worker.on('exit', () => fail(new Error('The template worker ended')));
  }

  /** False after an error, a timeout or a template that left traces: stop it and start another. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  async render(task: RubyTask, timeoutMs: number, signal: AbortSignal | undefined): Promise<RubyOutcome> {
    this.#worker.ref();
    try {
      await this.#ready;
      signal?.throwIfAborted();
      const outcome = await this.#exchange(task, timeoutMs, signal);
      if (outcome.tainted) this.#isUsable = false;
      return outcome;
    } finally {
      this.#worker.unref();
    }
  }

  async stop(): Promise<void> {
    this.#isUsable = false;
    await this.#worker.terminate();
  }

  async #exchange(task: RubyTask, timeoutMs: number, signal: AbortSignal | undefined): Promise<RubyOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<RubyOutcome>();
    this.#settle = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
    const message = `the template did not finish within ${timeoutMs / 1000} s`;
    const timer = setTimeout(() => resolve({ message, tainted: true }), timeoutMs);
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    try {
      this.#worker.postMessage(task);
      return await promise;
    } catch (error) {
      this.#isUsable = false;
      throw error;
    } finally {
      this.#settle = undefined;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }
}
