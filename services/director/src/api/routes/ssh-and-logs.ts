import { BlobNotFound } from '@boti/blobstore';
import { blobId } from '@boti/core';
import { sshRequestSchema } from '@boti/director-api';
import { requireDeployment } from '../../deployments/deployment-store.ts';
import { ResourceNotFound } from '../../errors.ts';
import { fetchLogsTask, sshTask } from '../../tasks/task-kinds.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { startTask } from '../start-task.ts';

export function sshAndLogsRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/deployments/:deployment/ssh',
      summary: 'Make or remove ssh users on instances',
      right: { deployment: 'admin' },
      media: ['json'],
      body: sshRequestSchema,
      reply: 'task',
      handle: (request) => ssh(deps, request),
    },
    {
      method: 'GET',
      path: '/deployments/:deployment/jobs/:job/:id/logs',
      summary: 'Pack the logs of instances (`*`: all)',
      right: { deployment: 'admin' },
      reply: 'task',
      handle: (request) => logs(deps, request),
    },
    {
      method: 'GET',
      path: '/resources/:id',
      summary: 'Download what a task has packed',
      right: 'admin',
      handle: (request) => resource(deps, request),
    },
  ];
}

async function ssh(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  const { command, target, params } = await request.json(sshRequestSchema);
  const input = {
    deployment: deployment.name,
    command,
    params,
    target: {
      group: target.job ?? null,
      indexes: (target.indexes ?? []).map(String),
      ids: (target.ids ?? []).map(String),
    },
  };
  return startTask(deps, request, { kind: sshTask, input, deployment });
}

async function logs(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { job = '*', id = '*' } = request.params;
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  const types = request.query.list('type') ?? [];
  const filters = (request.query.get('filters') ?? '').split(/[,\s]+/).filter((filter) => filter !== '');
  const input = { deployment: deployment.name, group: job, instance: id, types: [...types], filters };
  return startTask(deps, request, { kind: fetchLogsTask, input, deployment });
}

async function resource({ blobstore }: ApiDeps, { params }: ApiRequest): Promise<Reply> {
  const id = params.id ?? '';
  try {
    const body = await blobstore.open(blobId(id));
    return { status: 200, headers: { 'content-type': 'application/x-gzip' }, body };
  } catch (error) {
    if (error instanceof BlobNotFound) throw new ResourceNotFound(id);
    throw error;
  }
}
