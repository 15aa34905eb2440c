import { messageOf } from '@boti/core';
import type { DeployContext } from '../context.ts';

export type Attempt = (problem: string, work: () => Promise<unknown>) => Promise<void>;

/** With `force` a failure becomes a warning, and what is left is the operator's to see to. */
export function tolerating(ctx: Pick<DeployContext, 'signal' | 'log' | 'events'>, force: boolean): Attempt {
  return async (problem, work) => {
    try {
      await work();
    } catch (error) {
      if (!force || ctx.signal.aborted) throw error;
      ctx.log.warn('went on after a failure because of --force', { error });
      ctx.events.warning(`${problem}: ${messageOf(error)}`);
    }
  };
}
