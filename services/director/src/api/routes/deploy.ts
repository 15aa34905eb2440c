import type { WantedState } from '@boti/director-api';
import { dumpYaml, fromPlain } from '@boti/manifest';
import {
  type Deployment,
  ensureDeployment,
  findDeployment,
  requireDeployment,
} from '../../deployments/deployment-store.ts';
import { BadManifest, ValidationMissingField } from '../../errors.ts';
import { inspectValue } from '../../planner/inspect-value.ts';
import { updateDeploymentTask } from '../../tasks/task-kinds.ts';
import { chooseConfigs, deployedConfigs, deployFlags, wantedState } from '../deploy-input.ts';
import type { ApiDeps } from '../deps.ts';
import { requireInstanceView } from '../find-instance.ts';
import { parseMapping } from '../parse-mapping.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { startTask } from '../start-task.ts';
import { teamsOf } from '../user.ts';

/** Deploys, and the state changes that are deploys of the stored manifest. */
export function deployRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/deployments',
      summary: 'Deploy a manifest',
      right: 'create_deployment',
      media: ['yaml'],
      reply: 'task',
      handle: (request) => deploy(deps, request),
    },
    {
      method: 'PUT',
      path: '/deployments/:deployment/jobs/:job',
      summary: 'Change the state of an instance group (`*`: of all)',
      right: { deployment: 'admin' },
      media: ['yaml'],
      reply: 'task',
      handle: (request) => changeGroup(deps, request),
    },
    {
      method: 'PUT',
      path: '/deployments/:deployment/jobs/:job/:id',
      summary: 'Change the state of an instance',
      right: { deployment: 'admin' },
      media: ['yaml'],
      reply: 'task',
      handle: (request) => changeInstance(deps, request),
    },
  ];
}

async function deploy(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const manifestText = await request.text();
  const name = deploymentName(parseMapping(manifestText, 'Manifest'));
  const existing = await findDeployment(deps.database, name);
  if (existing !== undefined) deps.authorizer.requireOn(request.user, 'admin', existing);
  const teams = existing?.teams ?? teamsOf(request.user, 'admin');
  const flags = deployFlags(request.query);
  const configIds = await chooseConfigs(deps.database, request.query.filled('context'), teams);
  const deployment = await ensureDeployment(deps.database, name, teams);
  const input = { ...flags, deployment: name, manifestText, configIds, isDeployAction: true, states: [] };
  return startTask(deps, request, { kind: updateDeploymentTask, input, deployment });
}

function deploymentName(manifest: Readonly<Record<string, unknown>>): string {
  const { name } = manifest;
  if (typeof name === 'string' && name !== '') return name;
  throw new ValidationMissingField(`Required property 'name' was not specified in object (${inspectValue(manifest)})`);
}

async function changeGroup(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const group = request.params.job ?? '';
  const state = wantedState(request.query.filled('state'));
  return changeState(deps, request, { group, instance: null, state });
}

async function changeInstance(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { deployment = '', job = '', id = '' } = request.params;
  const { uuid } = await requireInstanceView(deps.database, { deployment, group: job, id });
  const state = wantedState(request.query.filled('state'));
  return changeState(deps, request, { group: job, instance: uuid, state });
}

interface StateChange {
  readonly group: string;
  readonly instance: string | null;
  readonly state: WantedState | undefined;
}

async function changeState(deps: ApiDeps, request: ApiRequest, change: StateChange): Promise<Reply> {
  const { database } = deps;
  const deployment = await requireDeployment(database, request.params.deployment ?? '');
  const body = await request.text();
  const isStored = body.trim() === '' && change.state !== undefined;
  const manifestText = isStored ? storedManifest(deployment) : namedManifest(body, deployment.name);
  const configIds = isStored
    ? await deployedConfigs(database, deployment.id)
    : await chooseConfigs(database, undefined, deployment.teams);
  const { group, instance, state } = change;
  const flags = deployFlags(request.query);
  const input = {
    ...flags,
    deployment: deployment.name,
    manifestText,
    configIds,
    isDeployAction: false,
    skipDrain: request.query.flag('skip_drain') ? [group] : [],
    states: state === undefined ? [] : [{ group, instance, state }],
  };
  return startTask(deps, request, { kind: updateDeploymentTask, input, deployment });
}

function storedManifest({ name, manifest }: Deployment): string {
  if (manifest !== null) return manifest;
  throw new BadManifest(`Deployment '${name}' has no manifest yet: it was never deployed successfully`);
}

/** A manifest in the body is deployed under the path's name, whatever it calls itself. */
function namedManifest(body: string, name: string): string {
  const manifest = parseMapping(body, 'Manifest');
  return manifest.name === name ? body : dumpYaml(fromPlain({ ...manifest, name }));
}
