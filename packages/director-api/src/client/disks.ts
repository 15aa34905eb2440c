import { z } from 'zod';
import {
  type OrphanDisk,
  type OrphanNetwork,
  orphanDiskSchema,
  orphanNetworkSchema,
  type Snapshot,
  snapshotSchema,
} from '../shapes/disks.ts';
import { type Task, taskSchema } from '../shapes/tasks.ts';
import type { InstanceTarget } from './deployments.ts';
import type { DirectorSession } from './director-session.ts';
import { path, queryString } from './query-string.ts';

export interface AttachDisk {
  readonly deployment: string;
  readonly group: string;
  readonly instanceId: string;
  readonly diskCid: string;
  /** Takes size and cloud properties from the disk that was attached before. */
  readonly copyProperties: boolean;
}

export function disksApi(session: DirectorSession) {
  return {
    async orphaned(): Promise<OrphanDisk[]> {
      return await session.json('Finding orphaned disks', { method: 'GET', path: '/disks' }, z.array(orphanDiskSchema));
    },

    async delete(cid: string): Promise<Task> {
      return await session.json(`Deleting disk '${cid}'`, { method: 'DELETE', path: path`/disks/${cid}` }, taskSchema);
    },

    async orphan(cid: string): Promise<Task> {
      const url = `${path`/disks/${cid}`}?orphan=true`;
      return await session.json(`Orphaning disk '${cid}'`, { method: 'DELETE', path: url }, taskSchema);
    },

    async attach({ deployment, group, instanceId, diskCid, copyProperties }: AttachDisk): Promise<Task> {
      const query = queryString({
        deployment,
        disk_properties: copyProperties ? 'copy' : undefined,
        instance_id: instanceId,
        job: group,
      });
      const url = `${path`/disks/${diskCid}/attachments`}${query}`;
      return await session.json(`Attaching disk '${diskCid}'`, { method: 'PUT', path: url }, taskSchema);
    },

    async orphanedNetworks(): Promise<OrphanNetwork[]> {
      const request = { method: 'GET', path: '/networks?orphaned=true' } as const;
      return await session.json('Finding orphaned networks', request, z.array(orphanNetworkSchema));
    },

    async deleteNetwork(name: string): Promise<Task> {
      const request = { method: 'DELETE', path: path`/networks/${name}` } as const;
      return await session.json(`Deleting network '${name}'`, request, taskSchema);
    },
  };
}

export function snapshotsApi(session: DirectorSession) {
  const route = (deployment: string, target?: InstanceTarget): string =>
    target === undefined
      ? path`/deployments/${deployment}/snapshots`
      : path`/deployments/${deployment}/jobs/${target.group}/${target.id ?? '*'}/snapshots`;

  return {
    async list(deployment: string, target?: InstanceTarget): Promise<Snapshot[]> {
      const request = { method: 'GET', path: route(deployment, target) } as const;
      return await session.json('Finding snapshots', request, z.array(snapshotSchema));
    },

    async take(deployment: string, target?: InstanceTarget): Promise<Task> {
      return await session.json('Taking snapshots', { method: 'POST', path: route(deployment, target) }, taskSchema);
    },

    async delete(deployment: string, cid: string): Promise<Task> {
      const request = { method: 'DELETE', path: path`/deployments/${deployment}/snapshots/${cid}` } as const;
      return await session.json(`Deleting snapshot '${cid}'`, request, taskSchema);
    },

    async deleteAll(deployment: string): Promise<Task> {
      const request = { method: 'DELETE', path: route(deployment) } as const;
      return await session.json(`Deleting snapshots of deployment '${deployment}'`, request, taskSchema);
    },
  };
}
