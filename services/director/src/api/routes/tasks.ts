import { Readable } from 'node:stream';
import { byteRange } from '@boti/core';
import { cancelTasksRequestSchema, type TaskOutputType, taskOutputTypes, taskSchema } from '@boti/director-api';
import { z } from 'zod';
import { TaskNotFound, UnauthorizedToAccessDeployment } from '../../errors.ts';
import { outputSize, readOutput } from '../../tasks/task-output-store.ts';
import { cancelTask, findTask, listTasks, type StoredTask } from '../../tasks/task-store.ts';
import type { ApiDeps } from '../deps.ts';
import { type ApiRequest, empty, json, type Reply, type Route, text } from '../route.ts';
import { epochSeconds } from '../time-text.ts';
import { teamsOf } from '../user.ts';

/** What `tasks` shows without `--all`. */
const importantTypes = [
  'attach_disk',
  'create_snapshot',
  'delete_deployment',
  'delete_release',
  'delete_snapshot',
  'delete_stemcell',
  'run_errand',
  'snapshot_deployment',
  'update_instance',
  'update_deployment',
  'update_release',
  'update_stemcell',
  'export_release',
] as const;

const cancellableStates = ['queued', 'processing'];

export function taskRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/tasks',
      summary: 'List tasks, newest first',
      right: 'list_tasks',
      reply: z.array(taskSchema),
      handle: (request) => list(deps, request),
    },
    {
      method: 'GET',
      path: '/tasks/:id',
      summary: 'Show a task',
      right: 'list_tasks',
      reply: taskSchema,
      handle: async (request) => json(toWire(await requireTask(deps, request, 'read'))),
    },
    {
      method: 'GET',
      path: '/tasks/:id/output',
      summary: "Read a task's output, whole or in ranges of bytes",
      right: 'list_tasks',
      reply: 'text',
      handle: (request) => output(deps, request),
    },
    {
      method: 'DELETE',
      path: '/task/:id',
      summary: 'Cancel a task',
      right: 'list_tasks',
      handle: (request) => cancel(deps, request),
    },
    {
      method: 'POST',
      path: '/tasks/cancel',
      summary: 'Cancel all tasks of some states, types or of a deployment',
      right: 'admin',
      media: ['json'],
      body: cancelTasksRequestSchema,
      handle: (request) => cancelMany(deps, request),
    },
  ];
}

async function list({ database, authorizer }: ApiDeps, { query, user }: ApiRequest): Promise<Reply> {
  const states = query.list('state');
  const limit = query.filled('limit');
  const verbose = query.get('verbose') ?? '1';
  const tasks = await listTasks(database, {
    ...(states === undefined ? {} : { states }),
    ...(verbose === '1' ? { types: importantTypes } : {}),
    ...(authorizer.isAllowed(user, 'read') ? {} : { teams: teamsOf(user, 'admin') }),
    deployment: query.filled('deployment'),
    contextId: query.filled('context_id'),
    limit: limit === undefined ? undefined : Math.max(1, Number.parseInt(limit, 10) || 1),
  });
  return json(tasks.map(toWire));
}

async function requireTask(
  { database, authorizer }: ApiDeps,
  { params, user }: ApiRequest,
  right: 'read' | 'admin',
): Promise<StoredTask> {
  const id = Number(params.id);
  const task = Number.isSafeInteger(id) ? await findTask(database, id) : undefined;
  if (task === undefined) throw new TaskNotFound(params.id ?? '');
  authorizer.requireOn(user, right, task);
  return task;
}

/** Debug and CPI output may hold more than a reader of the deployment should see. */
async function output(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const type = request.query.get('type') ?? 'debug';
  const isSensitive = type === 'debug' || type === 'cpi';
  const task = await requireTask(deps, request, isSensitive ? 'admin' : 'read');
  if (type === 'none') return empty(204);
  if (!isOutputType(type)) throw new UnauthorizedToAccessDeployment(`unknown type '${type}'`);
  const size = await outputSize(deps.database, task.id, type);
  if (size === null && isSensitive) return empty(204);
  return part(deps, { task, type, size: size ?? 0, range: request.header('range') });
}

interface Part {
  readonly task: StoredTask;
  readonly type: TaskOutputType;
  readonly size: number;
  readonly range: string | undefined;
}

function part({ database }: ApiDeps, { task, type, size, range }: Part): Reply {
  const contentType = type === 'debug' || type === 'cpi' ? 'text/plain' : 'text/html;charset=utf-8';
  const wanted = byteRange(range, size);
  if (wanted === 'unsatisfiable') {
    const refused = text('Byte range unsatisfiable', 416);
    return { ...refused, headers: { ...refused.headers, 'content-range': `bytes */${size}` } };
  }
  const { start } = wanted ?? { start: 0 };
  const end = wanted === undefined ? size : wanted.end + 1;
  const headers = { 'content-type': contentType, 'content-length': String(end - start) };
  const body = start === end ? '' : Readable.from(readOutput(database, task.id, { type, start, end }));
  if (wanted === undefined) return { status: 200, headers, body };
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${size}` }, body };
}

async function cancel(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const task = await requireTask(deps, request, 'admin');
  if (await cancelTask(deps.database, task.id)) return empty(204);
  const now = await findTask(deps.database, task.id);
  return text(`Cannot cancel task ${task.id}: invalid state (${now?.state ?? task.state})`, 400);
}

async function cancelMany({ database }: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { states = ['queued'], types, deployment } = await request.json(cancelTasksRequestSchema);
  const wrong = states.find((state) => !cancellableStates.includes(state));
  if (wrong !== undefined) return text(`Cannot cancel tasks: invalid state (${wrong})`, 400);
  const tasks = await listTasks(database, { states, deployment, ...(types === undefined ? {} : { types }) });
  for (const { id } of tasks) await cancelTask(database, id);
  return empty(204);
}

function isOutputType(type: string): type is TaskOutputType {
  return taskOutputTypes.includes(type as TaskOutputType);
}

function toWire(task: StoredTask): z.infer<typeof taskSchema> {
  return {
    id: task.id,
    state: task.state,
    description: task.description,
    timestamp: task.finishedAt === null ? null : epochSeconds(task.finishedAt),
    started_at: task.startedAt === null ? null : epochSeconds(task.startedAt),
    result: task.result,
    user: task.user ?? 'admin',
    deployment: task.deployment,
    context_id: task.contextId,
  };
}
