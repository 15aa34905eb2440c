import { DeploymentIgnoredInstancesDeletion, DeploymentIgnoredInstancesModification, RpcTimeout } from '../errors.ts';
import type { NetworkPlan } from './plan.ts';
import type { InstanceSnapshot } from './snapshot.ts';

/**
 * A deploy does not guess what runs on a VM whose agent is silent, unless it may replace it. Where nothing was ever
 * installed there is nothing to guess: such a VM is left over from a deploy that was cut short, and replaced.
 */
export function checkAgents(
  instances: readonly InstanceSnapshot[],
  mayFix: boolean,
  hint = 'Deploy with --fix to replace VMs whose agents do not answer, or ignore these instances.',
): void {
  const silent = instances.filter(
    ({ ignore, vm, agent, spec }) => !ignore && vm !== null && agent?.responsive === false && spec !== null,
  );
  if (silent.length === 0 || mayFix) {
    return;
  }
  const lines = silent.map(
    ({ group, uuid, vm }) =>
      `Timed out sending 'get_state' to instance: '${group}/${uuid}', agent-id: '${vm?.agentId}'`,
  );
  throw new RpcTimeout(lines.join('\n'), { hint });
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

/** An ignored instance keeps the networks it has. */
export function checkIgnoredNetworks(existing: InstanceSnapshot, networks: readonly NetworkPlan[]): void {
  const moved = networks.find(
    ({ address, type }) => type === 'manual' && !existing.addresses.some((held) => held.address === address),
  );
  if (moved !== undefined) {
    throw new DeploymentIgnoredInstancesModification(
      `In instance group '${existing.group}', which contains ignored vms, an attempt was made to modify the networks. This operation is not allowed.`,
      { hint: `'${existing.group}/${existing.uuid}' would lose its address in network '${moved.name}'.` },
    );
  }
}
