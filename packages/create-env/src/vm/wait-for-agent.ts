import type { Stage } from '../stage.ts';
import { within } from '../within.ts';
import type { EnvContext } from './env-context.ts';

const timeoutMs = 10 * 60_000;

/** Waits for the agent of a new VM. */
export async function waitForAgent(ctx: EnvContext, vm: string, stage: Stage): Promise<void> {
  await stage.step(`Waiting for the agent on VM '${vm}' to be ready`, () =>
    within('Waiting until instance is ready', ctx.signal, () =>
      ctx.agent.waitUntilReady({ timeoutMs, signal: ctx.signal }),
    ),
  );
}
