import type { StoredInstance } from '../../instances/instance-store.ts';
import type { DeployContext } from '../context.ts';
import { instanceLabel, instanceName } from '../instance-name.ts';

export interface LogBundle {
  readonly blobstoreId: string;
  readonly sha1: string;
}

/** Has the agent pack log files of its VM and put them into the blobstore. */
export async function fetchLogs(
  ctx: Pick<DeployContext, 'agents' | 'events'>,
  instance: Pick<StoredInstance, 'group' | 'uuid' | 'index' | 'vm'>,
  what: { readonly types: string; readonly filters: readonly string[] | null; readonly signal: AbortSignal },
): Promise<LogBundle> {
  const stage = ctx.events.stage(`Fetching logs for ${instanceLabel(instance)}`, 1);
  return stage.track('Finding and packing log files', async () => {
    const agent = ctx.agents.of(instance.vm?.agentId ?? '', instanceName(instance));
    const answer = await agent.call('fetch_logs', [what.types, what.filters], { signal: what.signal });
    return { blobstoreId: answer.blobstore_id, sha1: answer.sha1 };
  });
}
