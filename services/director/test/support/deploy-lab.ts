import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { silentLogger, systemClock } from '@boti/core';
import type { Cloud } from '@boti/cpi-sdk';
import { simExecutable } from '@boti/cpi-sim';
import { createRelease } from '@boti/release';
import { type StemcellManifest, writeStemcell } from '@boti/stemcell';
import { type Cleanup, startNats, startPostgres, tempDir, testCertificates, waitFor } from '@boti/testkit';
import { type DirectorConfig, directorConfigSchema } from '../../src/config.ts';
import { saveConfig } from '../../src/configs/save-config.ts';
import { migrate } from '../../src/database/migrate.ts';
import { type OpenDatabase, openDatabase } from '../../src/database/open-database.ts';
import { ensureDeployment } from '../../src/deployments/deployment-store.ts';
import { instancesOf, type StoredInstance } from '../../src/instances/instance-store.ts';
import { type OpenServices, openServices } from '../../src/services.ts';
import {
  type UpdateDeploymentInput,
  updateDeploymentTask,
  updateReleaseTask,
  updateStemcellTask,
} from '../../src/tasks/task-kinds.ts';
import { readOutput } from '../../src/tasks/task-output-store.ts';
import { taskQueue } from '../../src/tasks/task-queue.ts';
import { findTask, type StoredTask } from '../../src/tasks/task-store.ts';
import type { AnyTaskType, TaskKind } from '../../src/tasks/task-type.ts';
import { taskTypes } from '../../src/tasks/task-types.ts';
import { startWorker } from '../../src/tasks/worker.ts';

/** A Director's inside (database, bus, simulated cloud, workers) without its API. */
export interface DeployLab {
  readonly database: OpenDatabase;
  readonly services: OpenServices;
  readonly directory: string;
  /** Where the simulated cloud reads its faults. */
  readonly faultsFile: string;
  run<Input>(kind: TaskKind<Input>, input: Input, deployment?: string): Promise<FinishedTask>;
  deploy(manifest: string, options?: Partial<UpdateDeploymentInput>): Promise<FinishedTask>;
  /** Starts a deploy and answers its task's id. */
  begin(manifest: string, options?: Partial<UpdateDeploymentInput>): Promise<number>;
  uploadRelease(files: Readonly<Record<string, string>>): Promise<FinishedTask>;
  /** Faults of the simulated cloud from now on: see cpis/sim/README.md. */
  break(...faults: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
  instances(deployment: string): Promise<StoredInstance[]>;
  /** A new cloud config; answers what a deploy that uses it is given. */
  saveCloudConfig(content: string): Promise<Pick<UpdateDeploymentInput, 'configIds'>>;
  /** What is on the simulated cloud. */
  cloud(): ReturnType<Required<Cloud>['list']>;
}

export interface FinishedTask extends StoredTask {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly output: string;
}

/** `overrides` may depend on the configuration that they change; `observe` may put itself between the tasks and the world. */
export async function startDeployLab(
  test: Cleanup,
  overrides: Partial<DirectorConfig> | ((config: DirectorConfig) => Partial<DirectorConfig>) = {},
  observe: (services: OpenServices) => OpenServices = (services) => services,
): Promise<DeployLab> {
  const t = inReverse(test);
  const directory = await tempDir(t);
  const postgres = await startPostgres(t);
  const { url } = await postgres.database();
  const database = await openDatabase({ url }, () => undefined);
  t.after(() => database.close());
  await migrate(database);
  const plain = await labConfig(t, directory);
  const config = { ...plain, ...(typeof overrides === 'function' ? overrides(plain) : overrides) };
  const opened = await openServices({ config, database, directorUuid: randomUUID(), log: silentLogger });
  t.after(async () => opened[Symbol.asyncDispose]());
  const services = observe({ ...opened, settings: { ...opened.settings, agentStateTimeoutMs: 1000 } });
  const types = taskTypes(services);
  const worker = await startWorker({
    database,
    types,
    concurrency: { normal: 3, urgent: 5 },
    clock: systemClock,
    log: silentLogger,
  });
  t.after(() => worker.stop(1000));
  const lab = openLab({ database, services, directory, types });
  await uploadStemcell(lab);
  await saveConfig(database, { type: 'cloud', name: 'default', content: cloudConfig, team: null });
  return lab;
}

/** What was opened last is closed first. */
function inReverse(test: Cleanup): Cleanup {
  const cleanups: (() => Promise<void> | void)[] = [];
  test.after(async () => {
    for (const cleanUp of cleanups.reverse()) await cleanUp();
  });
  return { after: (cleanUp) => void cleanups.push(cleanUp) };
}

async function labConfig(t: Cleanup, directory: string): Promise<DirectorConfig> {
  const certificates = await testCertificates();
  const authFile = join(directory, 'auth.json');
  await writeFile(authFile, '{}');
  const nats = await startNats(t, { tls: certificates, authFile });
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  const blobs = { provider: 'local', options: { blobstore_path: join(directory, 'blobs') } };
  await mkdir(join(directory, 'blobs'));
  return directorConfigSchema.parse({
    name: 'lab',
    stateDir: directory,
    listen: { port: 0 },
    tls: {
      certificate: await write('https.pem', certificates.https.certificate),
      privateKey: await write('https.key', certificates.https.privateKey),
    },
    users: [{ name: 'admin', password: 'secret' }],
    nats: {
      servers: [nats.url],
      ca: await write('ca.pem', certificates.ca.certificate),
      certificate: await write('director.pem', certificates.director.certificate),
      privateKey: await write('director.key', certificates.director.privateKey),
      caPrivateKey: await write('ca.key', certificates.ca.privateKey),
      authFile,
      pidFile: nats.pidFile,
    },
    blobstore: blobs,
    cpi: {
      executable: simExecutable,
      properties: { stateDir: join(directory, 'cloud'), agent: { mbus: nats.url, blobstore: blobs } },
    },
    agentWaitSeconds: 10,
  });
}

interface LabParts {
  readonly database: OpenDatabase;
  readonly services: OpenServices;
  readonly directory: string;
  readonly types: readonly AnyTaskType[];
}

function openLab({ database, services, directory, types }: LabParts): DeployLab {
  const supported = new Set(types.map(({ name }) => name));
  const queue = taskQueue({ database, clock: systemClock, version: 'lab', supported });
  const run: DeployLab['run'] = async (kind, input, deployment) => {
    const { id } = await queue.enqueue(kind, input, { user: 'admin', deployment: deployment ?? null });
    return finished(database, id);
  };
  const begin: DeployLab['begin'] = async (manifestText, options = {}) => {
    const deployment = /^name: (\S+)/m.exec(manifestText)?.[1] ?? '';
    await ensureDeployment(database, deployment, []);
    const input = { ...plainDeploy, deployment, manifestText, ...options };
    return (await queue.enqueue(updateDeploymentTask, input, { user: 'admin', deployment })).id;
  };
  const faultsFile = join(directory, 'cloud', 'faults.json');
  return {
    database,
    services,
    directory,
    faultsFile,
    run,
    begin,
    deploy: async (manifestText, options) => finished(database, await begin(manifestText, options)),
    break: (...faults) => writeFile(faultsFile, JSON.stringify(faults)),
    instances: async (name) => instancesOf(database, (await ensureDeployment(database, name, [])).id),
    async saveCloudConfig(content) {
      const { config } = await saveConfig(database, { type: 'cloud', name: 'default', content, team: null });
      return { configIds: { cloud: [config.id], runtime: [] } };
    },
    cloud: () => services.cpis.client('').cloud().list(),
    async uploadRelease(files) {
      const tarball = await packRelease(directory, files);
      return run(updateReleaseTask, { tarball: { path: tarball }, rebase: false, fix: false });
    },
  };
}

/** The task, which must have succeeded. */
export function succeeded(task: FinishedTask): FinishedTask {
  assert.equal(task.state, 'done', `${task.result}\n${JSON.stringify(task.events.at(-1))}`);
  return task;
}

/** How a task failed: the error of its last line. */
export function errorOf(task: FinishedTask): {
  readonly code: number;
  readonly message: string;
  readonly hint?: string;
} {
  return task.events.at(-1)?.error as never;
}

/** The names of a task's stages, in order. */
export function stagesOf(task: FinishedTask): string[] {
  const names = task.events.flatMap(({ stage }) => (stage === undefined ? [] : [String(stage)]));
  return [...new Set(names)];
}

export function warningsOf(task: FinishedTask): string[] {
  return task.events.filter(({ type }) => type === 'warning').map(({ message }) => String(message));
}

export async function finished(database: OpenDatabase, id: number): Promise<FinishedTask> {
  const task = await waitFor(
    `task ${id}`,
    async () => {
      const found = await findTask(database, id);
      return found !== undefined && !['queued', 'processing', 'cancelling'].includes(found.state) ? found : undefined;
    },
    60_000,
  );
  const read = async (type: 'event' | 'result'): Promise<string> => {
    const pieces: Buffer[] = [];
    for await (const piece of readOutput(database, id, { type, start: 0, end: 1e9 })) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };
  const lines = (await read('event')).split('\n').filter((line) => line !== '');
  return { ...task, events: lines.map((line) => JSON.parse(line)), output: await read('result') };
}

/** Makes a release of these files; answers its tarball. */
export async function packRelease(directory: string, files: Readonly<Record<string, string>>): Promise<string> {
  const dir = join(directory, 'release-source');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(dir, dirname(path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const tarball = join(directory, 'release.tgz');
  await createRelease({ dir, force: true, tarball, cacheDir: join(directory, 'cache') } as never);
  return tarball;
}

/** Makes the stemcell `sim-stemcell/1.1`; answers its tarball. */
export async function packStemcell(directory: string, overrides: Partial<StemcellManifest> = {}): Promise<string> {
  const image = join(directory, 'image');
  await writeFile(image, 'an image');
  const path = join(directory, 'stemcell.tgz');
  await writeStemcell(path, {
    manifest: {
      name: 'sim-stemcell',
      version: '1.1',
      operatingSystem: 'sim-os',
      apiVersion: 3,
      formats: undefined,
      cloudProperties: {},
      boshProtocol: '1',
      ...overrides,
    },
    image: { path: image },
  });
  return path;
}

async function uploadStemcell(lab: DeployLab): Promise<void> {
  const path = await packStemcell(lab.directory);
  const task = await lab.run(updateStemcellTask, { tarball: { path }, sha1: null, fix: false });
  assert.equal(task.state, 'done', task.result ?? '');
}

const plainDeploy: Omit<UpdateDeploymentInput, 'deployment' | 'manifestText'> = {
  configIds: { cloud: [1], runtime: [] },
  isDeployAction: true,
  dryRun: false,
  recreate: false,
  recreatePersistentDisks: false,
  recreateVmsCreatedBefore: null,
  fix: false,
  forceLatestVariables: false,
  skipDrain: [],
  canaries: null,
  maxInFlight: null,
  states: [],
};

export const cloudConfig = `
azs: [{name: z1}, {name: z2}]
vm_types: [{name: small, cloud_properties: {ram: 128}}, {name: large, cloud_properties: {ram: 256}}]
disk_types: [{name: small, disk_size: 1024}, {name: large, disk_size: 2048}]
networks:
- name: default
  subnets:
  - {range: 10.1.0.0/24, gateway: 10.1.0.1, azs: [z1, z2], dns: [10.1.0.2], static: [10.1.0.100-10.1.0.110]}
compilation: {workers: 2, az: z1, vm_type: small, network: default, reuse_compilation_vms: true}
`;

/** A release with two jobs, joined by a link, and two packages, one needing the other. */
export const webRelease: Readonly<Record<string, string>> = {
  'config/final.yml': 'name: web\n',
  'config/blobs.yml': '--- {}\n',
  'jobs/server/spec': `---
name: server
templates: {config.erb: config/config, other.erb: config/other}
packages: [app]
provides: [{name: server, type: http, properties: [port]}]
properties: {port: {default: 80, description: Where it listens}, greeting: {default: hello, description: Said}, broken: {description: Makes templates raise}}
`,
  'jobs/server/monit': 'check process server with pidfile /var/vcap/sys/run/server/pid\n  group vcap\n',
  'jobs/server/templates/config.erb': `<%= p('greeting') %> from <%= spec.address %>:<%= p('port') %>\n<% if_p('broken') { |why| raise why } %>\n`,
  'jobs/server/templates/other.erb': `<% if_p('broken') { |why| raise why } %>\n`,
  'jobs/client/spec': `---
name: client
templates: {config.erb: config/config, run.erb: bin/run}
packages: []
consumes: [{name: server, type: http}]
properties: {}
`,
  'jobs/client/monit': '',
  'jobs/client/templates/config.erb': `<%= link('server').instances.map(&:address).sort.join(',') %> <%= link('server').p('port') %> <%= link('server').address(azs: ['z1']) %>\n`,
  'jobs/client/templates/run.erb': '#!/bin/sh\necho smoke\n',
  'packages/lib/spec': '---\nname: lib\ndependencies: []\nfiles: []\n',
  'packages/lib/packaging': 'echo lib\n',
  'packages/app/spec': '---\nname: app\ndependencies: [lib]\nfiles: []\n',
  'packages/app/packaging': 'echo app\n',
};

export const webManifest = `name: web
releases: [{name: web, version: latest}]
stemcells: [{alias: default, os: sim-os, version: latest}]
update: {canaries: 1, max_in_flight: 2, canary_watch_time: 10-5000, update_watch_time: 10-5000}
instance_groups:
- name: server
  instances: 2
  azs: [z1, z2]
  vm_type: small
  stemcell: default
  persistent_disk_type: small
  networks: [{name: default}]
  jobs: [{name: server, release: web, properties: {greeting: hi}}]
- name: smoke
  lifecycle: errand
  instances: 1
  azs: [z1]
  vm_type: small
  stemcell: default
  networks: [{name: default}]
  jobs: [{name: client, release: web}]
`;
