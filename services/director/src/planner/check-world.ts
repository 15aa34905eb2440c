import { DeploymentIgnoredInstancesDeletion, RpcTimeout } from '../errors.ts';
import type { InstanceSnapshot } from './snapshot.ts';

/** A deploy does not guess what runs on a VM whose agent is silent, unless it may replace it. */
export function checkAgents(instances: readonly InstanceSnapshot[], mayFix: boolean): void {
  const silent = instances.filter(({ ignore, vm, agent }) => !ignore && vm !== null && agent?.responsive === false);
  if (silent.length === 0 || mayFix) {
    return;
  }
  const lines = silent.map(
    ({ group, uuid, vm }) =>
      `Timed out sending 'get_state' to instance: '${group}/${uuid}', agent-id: '${vm?.agentId}'`,
  );
  throw new RpcTimeout(lines.join('\n'), {
    hint: 'Deploy with --fix to replace VMs whose agents do not answer, or ignore these instances.',
  });
}

/** Ignored instances of groups that go are in the way. */
export function checkIgnoredDeletions(gone: readonly InstanceSnapshot[]): void {
  const ignored = gone.find(({ ignore }) => ignore);
  if (ignored !== undefined) {
    throw new DeploymentIgnoredInstancesDeletion(
      `You are trying to delete instance group '${ignored.group}', which contains ignored instance(s). Operation not allowed.`,
      { hint: `Unignore '${ignored.group}/${ignored.uuid}' first.` },
    );
  }
}
