import type { RubyOutcome, RubyTask } from './ruby-vm.ts';
import { RubyWorker } from './ruby-worker.ts';

export interface WorkerPoolOptions {
  readonly workers: number;
  readonly timeoutMs: number;
  readonly memoryMib: number;
  readonly idleMs: number;
}

interface Slot {
  worker: RubyWorker | undefined;
  isBusy: boolean;
  idleTimer: NodeJS.Timeout | undefined;
}

/** Keeps at most `workers` Rubies: each starts with the first template that needs it and stops when idle. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: readonly Slot[];
  readonly #waiting: ((slot: Slot) => void)[] = [];
  #isClosed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.workers }, () => ({
      worker: undefined,
      isBusy: false,
      idleTimer: undefined,
    }));
  }

  async run(task: RubyTask, signal: AbortSignal | undefined): Promise<RubyOutcome> {
    const slot = await this.#take();
    try {
      if (this.#isClosed) throw new Error('The template renderer is closed');
      signal?.throwIfAborted();
      slot.worker ??= new RubyWorker(this.#options.memoryMib * 1024 * 1024);
      return await slot.worker.render(task, this.#options.timeoutMs, signal);
    } finally {
      await this.#release(slot);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const slot of this.#slots) clearTimeout(slot.idleTimer);
    await Promise.all(this.#slots.map(async (slot) => await slot.worker?.stop()));
  }

  async #take(): Promise<Slot> {
    // One that runs already is better than one that has yet to start.
    const idle = this.#slots.filter((slot) => !slot.isBusy);
    const free = idle.find((slot) => slot.worker !== undefined) ?? idle[0];
    if (free === undefined) return await new Promise((resolve) => this.#waiting.push(resolve));
    free.isBusy = true;
    clearTimeout(free.idleTimer);
    return free;
  }

  async #release(slot: Slot): Promise<void> {
    if (slot.worker !== undefined && !slot.worker.isUsable) {
      const { worker } = slot;
      slot.worker = undefined;
      await worker.stop();
    }
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next(slot);
      return;
    }
    slot.isBusy = false;
    slot.idleTimer = setTimeout(() => void this.#stopIdle(slot), this.#options.idleMs);
    slot.idleTimer.unref();
  }

  async #stopIdle(slot: Slot): Promise<void> {
    if (slot.isBusy) return;
    const { worker } = slot;
    slot.worker = undefined;
    await worker?.stop();
  }
}
