import { instanceSchema, vmSchema } from '@boti/director-api';
import { z } from 'zod';
import { requireDeployment } from '../../deployments/deployment-store.ts';
import { saveIgnore } from '../../instances/instance-store.ts';
import { instanceActions, updateInstanceTask, vmStateTask } from '../../tasks/task-kinds.ts';
import { type InstanceView, instanceViews, vmViews } from '../../views/instance-view-store.ts';
import type { ApiDeps } from '../deps.ts';
import { requireInstanceView } from '../find-instance.ts';
import { type ApiRequest, empty, json, type Reply, type Route, text } from '../route.ts';
import { startTask } from '../start-task.ts';
import { isoTime } from '../time-text.ts';

const ignoreSchema = z.object({ ignore: z.boolean() });

export function instanceRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/deployments/:deployment/vms',
      summary: "List a deployment's VMs, or (format=full) ask their agents in a task",
      right: { deployment: 'read' },
      reply: z.array(vmSchema),
      handle: (request) => listVms(deps, request),
    },
    {
      method: 'GET',
      path: '/deployments/:deployment/instances',
      summary: "List a deployment's instances, or (format=full) ask their agents in a task",
      right: { deployment: 'read' },
      reply: z.array(instanceSchema),
      handle: (request) => listInstances(deps, request),
    },
    {
      method: 'GET',
      path: '/deployments/:deployment/jobs/:job/:id',
      summary: 'Show an instance',
      right: { deployment: 'admin' },
      handle: (request) => showInstance(deps, request),
    },
    {
      method: 'PUT',
      path: '/deployments/:deployment/instance_groups/:job/:id/ignore',
      summary: 'Have deploys leave an instance alone, or not',
      right: { deployment: 'admin' },
      media: ['json'],
      body: ignoreSchema,
      handle: (request) => ignoreInstance(deps, request),
    },
    {
      method: 'PUT',
      path: '/deployments/:deployment/jobs/:job/:id/resurrection',
      summary: 'Gone: use a resurrection config',
      right: { deployment: 'admin' },
      handle: async () =>
        text('This endpoint has been removed. Please use https://bosh.io/docs/resurrector/ instead.', 410),
    },
    ...instanceActions.map(
      (action): Route => ({
        method: 'POST',
        path: `/deployments/:deployment/instance_groups/:job/:id/actions/${action}`,
        summary: `${action} an instance without a deploy`,
        right: { deployment: 'admin' },
        reply: 'task',
        handle: (request) => act(deps, request, action),
      }),
    ),
  ];
}

async function listVms(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const name = request.params.deployment ?? '';
  if (request.query.get('format') === 'full') return askAgents(deps, request, 'vms');
  const vms = await vmViews(deps.database, name);
  return json(
    vms.map((view) => ({
      ...shortItem(view),
      active: view.vm?.active,
      permanent_nats_credentials: view.vm?.permanentNatsCredentials,
    })),
  );
}

async function listInstances(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const name = request.params.deployment ?? '';
  if (request.query.get('format') === 'full') return askAgents(deps, request, 'instances');
  const instances = await instanceViews(deps.database, name);
  return json(
    instances.map((view) => ({
      ...shortItem(view),
      expects_vm: view.lifecycle === 'service' && view.state !== 'detached',
    })),
  );
}

async function askAgents(deps: ApiDeps, request: ApiRequest, of: 'vms' | 'instances'): Promise<Reply> {
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  return startTask(deps, request, { kind: vmStateTask, input: { deployment: deployment.name, of }, deployment });
}

async function showInstance({ database }: ApiDeps, { params }: ApiRequest): Promise<Reply> {
  const { deployment = '', job = '', id = '' } = params;
  const instance = await requireInstanceView(database, { deployment, group: job, id });
  const { index, uuid, state, diskCids } = instance;
  return json({ deployment, job, index, id: uuid, state, disks: diskCids });
}

async function ignoreInstance({ database }: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { deployment = '', job = '', id = '' } = request.params;
  const { ignore } = await request.json(ignoreSchema);
  const instance = await requireInstanceView(database, { deployment, group: job, id });
  await saveIgnore(database, instance.id, ignore);
  return empty(200);
}

async function act(deps: ApiDeps, request: ApiRequest, action: (typeof instanceActions)[number]): Promise<Reply> {
  const { job = '', id = '' } = request.params;
  const { query } = request;
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  const { uuid } = await requireInstanceView(deps.database, { deployment: deployment.name, group: job, id });
  const input = {
    deployment: deployment.name,
    group: job,
    instance: uuid,
    action,
    skipDrain: query.flag('skip_drain'),
    hard: action === 'recreate' || query.flag('hard'),
    ignoreUnresponsiveAgent: query.flag('ignore_unresponsive_agent'),
  };
  return startTask(deps, request, { kind: updateInstanceTask, input, deployment });
}

function shortItem({ vm, group, index, uuid, az, ips }: InstanceView): Record<string, unknown> {
  return {
    agent_id: vm?.agentId ?? null,
    cid: vm?.cid ?? null,
    job: group,
    index,
    id: uuid,
    az,
    ips,
    vm_created_at: vm === null ? null : isoTime(vm.createdAt),
  };
}
