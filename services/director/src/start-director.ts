import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger } from '@boti/core';
import { diffManifests } from '@boti/manifest';
import { createApp } from './api/app.ts';
import { authenticateBasic } from './api/authenticate.ts';
import type { ApiDeps, DirectorIdentity } from './api/deps.ts';
import { openApiRoute } from './api/open-api.ts';
import { Authorizer } from './api/rights.ts';
import { apiRoutes } from './api/routes/index.ts';
import { type ApiServers, serveApi } from './api/serve.ts';
import type { DirectorConfig } from './config.ts';
import { type CrashPoints, databaseWithCrashPoints, withCrashPoints } from './crash-points.ts';
import { claimAttribute } from './database/attribute-store.ts';
import { migrate } from './database/migrate.ts';
import { type OpenDatabase, openDatabase } from './database/open-database.ts';
import { findDeployment } from './deployments/deployment-store.ts';
import { DeploymentNotFound } from './errors.ts';
import { chores } from './scheduler/chores.ts';
import { startScheduler } from './scheduler/scheduler.ts';
import { type OpenServices, openServices } from './services.ts';
import { type TaskQueueWriter, taskQueue } from './tasks/task-queue.ts';
import { taskTypes } from './tasks/task-types.ts';
import { startWorker } from './tasks/worker.ts';
import { directorVersion } from './version.ts';

export interface DirectorOptions {
  readonly config: DirectorConfig;
  readonly log: Logger;
  readonly clock: Clock;
  /** Only tests of crashes have them. */
  readonly crashPoints?: CrashPoints;
}

export interface RunningDirector {
  /** Where the API listens; empty without the role `api`. */
  readonly urls: readonly string[];
  /** Takes nothing new; tasks under way get `graceMs` to end. */
  stop(graceMs: number): Promise<void>;
}

interface Parts {
  readonly options: DirectorOptions;
  readonly database: OpenDatabase;
  readonly services: OpenServices;
  readonly tasks: TaskQueueWriter;
  readonly uuid: string;
}

/** Urgent tasks (`vms`, `ssh`, logs) at once: they mostly wait for agents. */
const urgentTasks = 10;
const apiGraceMs = 2000;

/** Starts what the configuration's roles ask for, all in this process. */
export async function startDirector(options: DirectorOptions): Promise<RunningDirector> {
  const { config, log, clock, crashPoints: points } = options;
  await using undo = new AsyncDisposableStack();
  await mkdir(config.stateDir, { recursive: true });
  const onError = (error: Error): void => log.warn('a database connection failed', { error });
  const opened = undo.use(await openDatabase(config.database ?? { stateDir: config.stateDir }, onError));
  const database = points === undefined ? opened : databaseWithCrashPoints(opened, points);
  await migrate(database);
  const uuid = await claimAttribute(database, 'uuid', config.uuid ?? randomUUID());
  const real = undo.use(await openServices({ config, database, directorUuid: uuid, log }));
  const services = points === undefined ? real : withCrashPoints(real, points);
  const types = taskTypes(services);
  const supported = new Set(types.map(({ name }) => name));
  const tasks = taskQueue({ database, clock, version: directorVersion, supported });
  const parts = { options, database, services, tasks, uuid };
  const is = (role: DirectorConfig['roles'][number]): boolean => config.roles.includes(role);
  const concurrency = { normal: config.workers, urgent: urgentTasks };
  const worker = is('worker') ? await startWorker({ database, types, concurrency, clock, log }) : undefined;
  undo.defer(() => worker?.stop(0) ?? Promise.resolve());
  const scheduler = is('scheduler') ? startScheduler(chores(choreDeps(parts)), clock, log) : undefined;
  undo.defer(() => scheduler?.stop() ?? Promise.resolve());
  const api = is('api') ? await startApi(parts) : undefined;
  const running = undo.move();
  return {
    urls: api?.urls ?? [],
    async stop(graceMs) {
      await api?.close(apiGraceMs);
      await worker?.stop(graceMs);
      await running.disposeAsync();
    },
  };
}

async function startApi(parts: Parts): Promise<ApiServers> {
  const { config, log } = parts.options;
  const { database } = parts;
  const authorizer = new Authorizer(parts.uuid);
  const routes = apiRoutes(apiDeps(parts, authorizer));
  const app = await createApp({
    routes: [...routes, openApiRoute(routes)],
    authenticate: authenticateBasic(config.users),
    authorizer,
    findDeployment: (name) => findDeployment(database, name),
    deploymentNotFound: (name) => new DeploymentNotFound(name),
    uploadDir: uploadDir(config),
    log,
  });
  return serveApi(app, { ...config.listen, ...config.tls });
}

function apiDeps({ options, database, services, tasks, uuid }: Parts, authorizer: Authorizer): ApiDeps {
  const { config, clock } = options;
  return {
    database,
    tasks,
    authorizer,
    blobstore: services.blobstore,
    clock,
    diff: diffManifests,
    director: identity(config, uuid),
  };
}

function identity(config: DirectorConfig, uuid: string): DirectorIdentity {
  const { name, cpi, enableSnapshots, tls, nats } = config;
  return {
    name,
    uuid,
    version: directorVersion,
    cpi: cpi.name,
    snapshots: enableSnapshots,
    certificates: [tls.certificate, nats.ca, nats.certificate],
  };
}

function choreDeps({ options, database, services, tasks }: Parts) {
  const { config, clock, log } = options;
  return { database, blobstore: services.blobstore, tasks, config, clock, log, uploadDir: uploadDir(config) };
}

function uploadDir({ stateDir }: DirectorConfig): string {
  return join(stateDir, 'uploads');
}
