import { mapConcurrent } from '@boti/core';
import { parseVmStates, type VmState } from '@boti/director-api';
import type { DirectorContext } from '../command.ts';

export interface DeploymentStates {
  readonly deployment: string;
  readonly states: readonly VmState[];
}

/** Asks the agents of one deployment, or of all of them, at most `parallel` deployments at once. */
export async function collectStates(
  context: DirectorContext,
  kind: 'vms' | 'instances',
): Promise<readonly DeploymentStates[]> {
  const { director, globals, resultOf } = context;
  if (globals.deployment === undefined) {
    const names = (await director.deployments.list()).map(({ name }) => name);
    return await mapConcurrent(names, globals.parallel, collect);
  }
  return [await collect(globals.deployment)];

  async function collect(deployment: string): Promise<DeploymentStates> {
    const states = parseVmStates(await resultOf(await director.instances.collect(deployment, kind)));
    return { deployment, states: states.toSorted(byGroupAndId) };
  }
}

function byGroupAndId(a: VmState, b: VmState): number {
  const [left, right] = [instanceName(a), instanceName(b)];
  return left < right ? -1 : Number(left > right);
}

/** `web/<uuid>` */
export const instanceName = ({ job_name, id }: VmState): string => (id === '' ? `${job_name}/?` : `${job_name}/${id}`);

/** Running, and so is everything in it. */
export function isHealthy({ job_state, processes }: VmState): boolean {
  return job_state === 'running' && (processes ?? []).every(({ state }) => state === 'running');
}
