import type { AgentRequest } from '@boti/agent-protocol';
import type { Clock } from '@boti/core';
import type { TaskQueue } from './tasks/task-queue.ts';

/** Directors poll once a second: within this time the poll comes that the next process shall answer. */
const waitForPollMs = 1200;

/**
 * Ends the process so that the service manager starts it anew with other settings. A request on the bus that comes while
 * nobody listens is lost, and the Director would wait 45 s for its answer. So the poll for the task that restarts is
 * kept and answered by the next process; meanwhile the Director has nothing else under way.
 */
export class Restart {
  readonly #tasks: TaskQueue;
  readonly #clock: Clock;
  readonly #exit: () => never;
  #taskId: string | undefined;
  readonly #held = Promise.withResolvers<void>();

  constructor(tasks: TaskQueue, clock: Clock, exit: () => never) {
    this.#tasks = tasks;
    this.#clock = clock;
    this.#exit = exit;
  }

  async after(taskId: string): Promise<never> {
    this.#taskId = taskId;
    await Promise.race([this.#held.promise, this.#clock.sleep(waitForPollMs)]);
    return this.#exit();
  }

  /** True when this request is left to the next process. */
  async holds({ method, arguments: args, reply_to: replyTo }: AgentRequest): Promise<boolean> {
    if (this.#taskId === undefined || method !== 'get_task' || args[0] !== this.#taskId || replyTo === '') return false;
    await this.#tasks.holdReply(this.#taskId, replyTo);
    this.#held.resolve();
    return true;
  }
}
