import { problemSchema, scanAndFixRequestSchema } from '@boti/director-api';
import { z } from 'zod';
import { openProblems, type StoredProblem } from '../../cloud-check/problem-store.ts';
import { problemType, problemTypeName } from '../../cloud-check/problem-types.ts';
import { readAttribute } from '../../database/attribute-store.ts';
import { requireDeployment } from '../../deployments/deployment-store.ts';
import { CloudcheckResurrectionPaused } from '../../errors.ts';
import { applyResolutionsTask, scanAndFixTask, scanCloudTask } from '../../tasks/task-kinds.ts';
import type { ApiDeps } from '../deps.ts';
import { type ApiRequest, json, type Reply, type Route } from '../route.ts';
import { startTask } from '../start-task.ts';

/** Resolutions that are no map are told by the task, as upstream does. */
const resolveSchema = z.object({
  resolutions: z.unknown(),
  max_in_flight_overrides: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** Comparing deployments with the cloud, and mending what differs. */
export function cloudCheckRoutes(deps: ApiDeps): readonly Route[] {
  const problems = '/deployments/:deployment/problems';
  const right = { deployment: 'admin' } as const;
  return [
    {
      method: 'POST',
      path: '/deployments/:deployment/scans',
      summary: 'Look for what differs between our records and the cloud',
      right,
      reply: 'task',
      handle: (request) => startScan(deps, request),
    },
    {
      method: 'GET',
      path: problems,
      summary: 'List what the last scan found, with what can be done about it',
      right,
      reply: z.array(problemSchema),
      handle: (request) => list(deps, request),
    },
    {
      method: 'PUT',
      path: problems,
      summary: 'Mend problems',
      right,
      media: ['json'],
      body: resolveSchema,
      reply: 'task',
      handle: (request) => resolve(deps, request),
    },
    {
      method: 'PUT',
      path: '/deployments/:deployment/scan_and_fix',
      summary: 'Recreate those of these VMs that are missing or do not answer',
      right,
      media: ['json'],
      body: scanAndFixRequestSchema,
      reply: 'task',
      handle: (request) => startFix(deps, request),
    },
  ];
}

async function startScan(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  return startTask(deps, request, { kind: scanCloudTask, input: { deployment: deployment.name }, deployment });
}

async function list({ database }: ApiDeps, { params }: ApiRequest): Promise<Reply> {
  const { id } = await requireDeployment(database, params.deployment ?? '');
  return json((await openProblems(database, id)).map(toWire));
}

async function resolve(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  const { resolutions, max_in_flight_overrides: maxInFlight = {} } = await request.json(resolveSchema);
  const input = { deployment: deployment.name, resolutions, maxInFlight };
  return startTask(deps, request, { kind: applyResolutionsTask, input, deployment });
}

async function startFix(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  const { jobs } = await request.json(scanAndFixRequestSchema);
  if ((await readAttribute(deps.database, 'resurrection_paused')) === 'true') {
    throw new CloudcheckResurrectionPaused('Scan and fix is not done while resurrection is paused');
  }
  const instances = Object.fromEntries(Object.entries(jobs).map(([group, ids]) => [group, ids.map(String)]));
  return startTask(deps, request, {
    kind: scanAndFixTask,
    input: { deployment: deployment.name, instances },
    deployment,
  });
}

function toWire({ id, type, description, instanceGroup }: StoredProblem): z.infer<typeof problemSchema> {
  return {
    id,
    type: problemTypeName(type),
    data: {},
    description,
    resolutions: [...problemType(type).resolutions],
    instance_group: instanceGroup,
  };
}
