import { snapshotSchema } from '@boti/director-api';
import { z } from 'zod';
import { requireDeployment } from '../../deployments/deployment-store.ts';
import { SnapshotNotFound } from '../../errors.ts';
import {
  createSnapshotTask,
  deleteDeploymentSnapshotsTask,
  deleteSnapshotTask,
  snapshotDeploymentTask,
} from '../../tasks/task-kinds.ts';
import { type SnapshotView, snapshotViews } from '../../views/instance-view-store.ts';
import type { ApiDeps } from '../deps.ts';
import { requireInstanceView } from '../find-instance.ts';
import { type ApiRequest, json, type Reply, type Route } from '../route.ts';
import { startTask } from '../start-task.ts';
import { timeText } from '../time-text.ts';

const admin = { deployment: 'admin' } as const;

export function snapshotRoutes(deps: ApiDeps): readonly Route[] {
  const path = '/deployments/:deployment/snapshots';
  const instancePath = '/deployments/:deployment/jobs/:job/:id/snapshots';
  const reply = z.array(snapshotSchema);
  return [
    { method: 'GET', path, summary: 'List snapshots', right: admin, reply, handle: (request) => list(deps, request) },
    {
      method: 'GET',
      path: instancePath,
      summary: "List an instance's snapshots",
      right: admin,
      reply,
      handle: (request) => list(deps, request),
    },
    {
      method: 'POST',
      path,
      summary: 'Take snapshots of all persistent disks',
      right: admin,
      reply: 'task',
      handle: (request) => start(deps, request, snapshotDeploymentTask),
    },
    {
      method: 'POST',
      path: instancePath,
      summary: "Take a snapshot of an instance's persistent disk",
      right: admin,
      reply: 'task',
      handle: (request) => take(deps, request),
    },
    {
      method: 'DELETE',
      path,
      summary: 'Delete all snapshots',
      right: admin,
      reply: 'task',
      handle: (request) => start(deps, request, deleteDeploymentSnapshotsTask),
    },
    {
      method: 'DELETE',
      path: `${path}/:cid`,
      summary: 'Delete a snapshot',
      right: admin,
      reply: 'task',
      handle: (request) => remove(deps, request),
    },
  ];
}

async function list({ database }: ApiDeps, { params }: ApiRequest): Promise<Reply> {
  const { deployment = '', job, id } = params;
  const instance =
    job === undefined || id === undefined
      ? undefined
      : await requireInstanceView(database, { deployment, group: job, id });
  const snapshots = await snapshotViews(database, deployment);
  return json(snapshots.filter(({ uuid }) => instance === undefined || uuid === instance.uuid).map(toWire));
}

async function start(
  deps: ApiDeps,
  request: ApiRequest,
  kind: typeof snapshotDeploymentTask | typeof deleteDeploymentSnapshotsTask,
): Promise<Reply> {
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  return startTask(deps, request, { kind, input: { deployment: deployment.name }, deployment });
}

async function take(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { job = '', id = '' } = request.params;
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  const { uuid } = await requireInstanceView(deps.database, { deployment: deployment.name, group: job, id });
  const input = { deployment: deployment.name, group: job, instance: uuid };
  return startTask(deps, request, { kind: createSnapshotTask, input, deployment });
}

async function remove(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const cid = request.params.cid ?? '';
  const deployment = await requireDeployment(deps.database, request.params.deployment ?? '');
  const snapshots = await snapshotViews(deps.database, deployment.name);
  if (!snapshots.some((snapshot) => snapshot.cid === cid)) throw new SnapshotNotFound(`Snapshot '${cid}' not found`);
  const input = { deployment: deployment.name, snapshotCid: cid };
  return startTask(deps, request, { kind: deleteSnapshotTask, input, deployment });
}

function toWire(snapshot: SnapshotView): z.infer<typeof snapshotSchema> {
  return {
    job: snapshot.group,
    index: snapshot.index,
    uuid: snapshot.uuid,
    snapshot_cid: snapshot.cid,
    created_at: timeText(snapshot.createdAt),
    clean: snapshot.clean,
  };
}
