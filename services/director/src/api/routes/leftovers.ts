import { orphanedVmSchema, orphanNetworkSchema } from '@boti/director-api';
import { z } from 'zod';
import { NetworkNotFoundError } from '../../errors.ts';
import { deleteVmTask } from '../../tasks/task-kinds.ts';
import type { ApiDeps } from '../deps.ts';
import { json, type Route } from '../route.ts';
import { startTask } from '../start-task.ts';

/** VMs and networks outside of deployments. This Director deletes both at once and never orphans them. */
export function leftoverRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/networks',
      summary: 'List orphaned networks',
      right: 'admin',
      reply: z.array(orphanNetworkSchema),
      handle: async () => json([]),
    },
    {
      method: 'DELETE',
      path: '/networks/:name',
      summary: 'Delete an orphaned network',
      right: 'admin',
      reply: 'task',
      handle: async ({ params }) => {
        throw new NetworkNotFoundError(`There is no orphaned network '${params.name}'`);
      },
    },
    {
      method: 'GET',
      path: '/orphaned_vms',
      summary: 'List orphaned VMs',
      right: 'admin',
      reply: z.array(orphanedVmSchema),
      handle: async () => json([]),
    },
    {
      method: 'DELETE',
      path: '/vms/:cid',
      summary: 'Delete a VM by its cloud id',
      right: 'admin',
      reply: 'task',
      handle: (request) => startTask(deps, request, { kind: deleteVmTask, input: { vmCid: request.params.cid ?? '' } }),
    },
  ];
}
