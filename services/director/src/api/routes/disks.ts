import { orphanDiskSchema } from '@boti/director-api';
import { z } from 'zod';
import { findDeployment } from '../../deployments/deployment-store.ts';
import { listOrphanDisks, type OrphanDisk } from '../../disks/disk-store.ts';
import { ValidationMissingField } from '../../errors.ts';
import { attachDiskTask, deleteOrphanDiskTask, orphanDiskTask } from '../../tasks/task-kinds.ts';
import type { ApiDeps } from '../deps.ts';
import { type ApiRequest, json, type Reply, type Route } from '../route.ts';
import { startTask } from '../start-task.ts';
import { timeText } from '../time-text.ts';

/** Disks that no deployment holds any more, and those that it shall. */
export function diskRoutes(deps: ApiDeps): readonly Route[] {
  const list = async (): Promise<Reply> => json((await listOrphanDisks(deps.database)).map(toWire));
  const deleteOrphan = (request: ApiRequest): Promise<Reply> =>
    startTask(deps, request, { kind: deleteOrphanDiskTask, input: { diskCids: [request.params.cid ?? ''] } });
  const reply = z.array(orphanDiskSchema);
  return [
    { method: 'GET', path: '/disks', summary: 'List orphaned disks', right: 'admin', reply, handle: list },
    { method: 'GET', path: '/orphan_disks', summary: 'List orphaned disks', right: 'admin', reply, handle: list },
    {
      method: 'DELETE',
      path: '/orphan_disks/:cid',
      summary: 'Delete an orphaned disk',
      right: 'admin',
      reply: 'task',
      handle: deleteOrphan,
    },
    {
      method: 'DELETE',
      path: '/disks/:cid',
      summary: 'Delete an orphaned disk, or (orphan=true) orphan one that is in use',
      right: 'admin',
      reply: 'task',
      handle: async (request) => {
        const orphan = request.query.get('orphan') ?? 'false';
        if (orphan === 'false') return deleteOrphan(request);
        return startTask(deps, request, { kind: orphanDiskTask, input: { diskCid: request.params.cid ?? '' } });
      },
    },
    {
      method: 'PUT',
      path: '/disks/:cid/attachments',
      summary: 'Give a stopped instance this disk in place of its own',
      right: 'admin',
      reply: 'task',
      handle: (request) => attach(deps, request),
    },
  ];
}

async function attach(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { query, params } = request;
  const required = (name: string): string => {
    const value = query.filled(name);
    if (value === undefined) throw new ValidationMissingField(`Required parameter '${name}' was not specified`);
    return value;
  };
  const name = required('deployment');
  const input = {
    deployment: name,
    group: required('job'),
    instance: required('instance_id'),
    diskCid: params.cid ?? '',
    copyProperties: query.get('disk_properties') === 'copy',
  };
  const deployment = (await findDeployment(deps.database, name)) ?? { name, teams: [] };
  return startTask(deps, request, { kind: attachDiskTask, input, deployment });
}

function toWire(disk: OrphanDisk): z.infer<typeof orphanDiskSchema> {
  return {
    disk_cid: disk.cid,
    size: disk.sizeMib,
    az: disk.az,
    deployment_name: disk.deploymentName,
    instance_name: disk.instanceName,
    cloud_properties: disk.cloudProperties,
    orphaned_at: timeText(disk.orphanedAt),
  };
}
