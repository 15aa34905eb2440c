import { z } from 'zod';
import { mediaTypes } from '../media-types.ts';
import {
  type Instance,
  instanceSchema,
  type OrphanedVm,
  orphanedVmSchema,
  type VmState,
  vmStateSchema,
} from '../shapes/instances.ts';
import { type Task, taskSchema } from '../shapes/tasks.ts';
import type { InstanceTarget } from './deployments.ts';
import type { DirectorSession } from './director-session.ts';
import { parseLines } from './parse-lines.ts';
import { path, queryString } from './query-string.ts';

export interface InstanceActionOptions {
  readonly skipDrain?: boolean;
  /** Stop only: deletes the VM. */
  readonly hard?: boolean;
  /** Recreate only. */
  readonly ignoreUnresponsiveAgent?: boolean;
}

export function instancesApi(session: DirectorSession) {
  return {
    /** What the Director knows without asking the agents. */
    async list(deployment: string): Promise<Instance[]> {
      const request = { method: 'GET', path: path`/deployments/${deployment}/instances` } as const;
      return await session.json(`Listing deployment '${deployment}' instances`, request, z.array(instanceSchema));
    },

    /** Starts the task that asks every agent; its result is read with `parseVmStates`. */
    async collect(deployment: string, kind: 'vms' | 'instances'): Promise<Task> {
      const request = { method: 'GET', path: `${path`/deployments/${deployment}`}/${kind}?format=full` } as const;
      return await session.json(`Listing deployment '${deployment}' ${kind} infos`, request, taskSchema);
    },

    async ignore(deployment: string, { group, id = '' }: InstanceTarget, ignore: boolean): Promise<void> {
      const url = path`/deployments/${deployment}/instance_groups/${group}/${id}/ignore`;
      const headers = { 'Content-Type': mediaTypes.json };
      const request = { method: 'PUT', path: url, headers, body: JSON.stringify({ ignore }) } as const;
      await session.text(`${ignore ? 'Ignoring' : 'Unignoring'} instance '${group}/${id}'`, request);
    },

    /** Acts on one instance as it was last deployed, without a deploy. */
    async act(
      deployment: string,
      { group, id = '' }: InstanceTarget,
      action: 'start' | 'stop' | 'restart' | 'recreate',
      options: InstanceActionOptions = {},
    ): Promise<Task> {
      const query = queryString({
        hard: options.hard,
        ignore_unresponsive_agent: options.ignoreUnresponsiveAgent,
        skip_drain: options.skipDrain,
      });
      const url = `${path`/deployments/${deployment}/instance_groups/${group}/${id}/actions/${action}`}${query}`;
      return await session.json(`Changing instance '${group}/${id}'`, { method: 'POST', path: url }, taskSchema);
    },

    async deleteVm(cid: string): Promise<Task> {
      return await session.json(`Deleting VM '${cid}'`, { method: 'DELETE', path: path`/vms/${cid}` }, taskSchema);
    },

    async orphanedVms(): Promise<OrphanedVm[]> {
      return await session.json(
        'Finding orphaned VMs',
        { method: 'GET', path: '/orphaned_vms' },
        z.array(orphanedVmSchema),
      );
    },
  };
}

/** The result of a `vms` or `instances` task. */
export function parseVmStates(result: string): VmState[] {
  return parseLines(result, vmStateSchema);
}
