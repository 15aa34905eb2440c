import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Machines } from './machines.ts';
import type { Labels, Server, Store, Table, Thing } from './store.ts';

export interface ExampleCloud {
  readonly dir: string;
  readonly token: string;
  readonly store: Store;
  readonly machines: Machines;
  readonly log: (line: string) => void;
}

interface Call {
  readonly cloud: ExampleCloud;
  readonly request: IncomingMessage;
  readonly labels: Labels;
  /** The parts of the path in the route's place holders. */
  readonly ids: readonly string[];
}
type Route = (call: Call) => Promise<unknown>;

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Routes by method and path; `*` stands for an id. */
const routes: Readonly<Record<string, Route>> = {
  'GET /images': (call) => list(call, call.cloud.store.images),
  'POST /images': createImage,
  'GET /images/*': async ({ cloud, ids: [id = ''] }) => found(cloud.store.images, id),
  'DELETE /images/*': async ({ cloud, ids: [id = ''] }) => {
    await cloud.machines.deleteImage(found(cloud.store.images, id).machineId);
    cloud.store.images.remove(id);
  },

  'GET /servers': (call) => list(call, call.cloud.store.servers),
  'POST /servers': createServerOf,
  'GET /servers/*': async ({ cloud, ids: [id = ''] }) => found(cloud.store.servers, id),
  'DELETE /servers/*': deleteServer,
  'PATCH /servers/*/labels': (call) => addLabels(call, call.cloud.store.servers),
  'POST /servers/*/reboot': async ({ cloud, ids: [id = ''] }) => await cloud.machines.reboot(machineOf(cloud, id)),
  'GET /servers/*/console': async ({ cloud, ids: [id = ''] }) => ({
    text: await cloud.machines.console(machineOf(cloud, id)),
  }),
  'PUT /servers/*/volumes/*': attach,
  'DELETE /servers/*/volumes/*': detach,

  'GET /volumes': (call) => list(call, call.cloud.store.volumes),
  'POST /volumes': createVolume,
  'GET /volumes/*': async ({ cloud, ids: [id = ''] }) => found(cloud.store.volumes, id),
  'DELETE /volumes/*': deleteVolume,
  'PATCH /volumes/*/labels': (call) => addLabels(call, call.cloud.store.volumes),
  'POST /volumes/*/resize': resizeVolume,

  'GET /snapshots': (call) => list(call, call.cloud.store.snapshots),
  'POST /snapshots': createSnapshot,
  'DELETE /snapshots/*': async ({ cloud, ids: [id = ''] }) => {
    await cloud.machines.deleteSnapshot(found(cloud.store.snapshots, id).machineId);
    cloud.store.snapshots.remove(id);
  },
};

export function serve(cloud: ExampleCloud): HttpServer {
  return createServer((request, response) => {
    void answer(cloud, request)
      .then((body) => ({ status: body === undefined ? 204 : 200, body }))
      .catch((error: Error) => {
        request.resume();
        return { status: error instanceof Refusal ? error.status : 500, body: { error: error.message } };
      })
      .then(({ status, body }) => {
        cloud.log(`${new Date().toISOString()} ${request.method} ${request.url} ${status}`);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      });
  });
}

async function answer(cloud: ExampleCloud, request: IncomingMessage): Promise<unknown> {
  if (request.headers.authorization !== `Bearer ${cloud.token}`) throw new Refusal(401, 'The token is wrong');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://example-cloud');
  const parts = pathname.split('/').slice(1).map(decodeURIComponent);
  const name = `${request.method} /${parts.map((part, index) => (index % 2 === 1 && !isVerb(part) ? '*' : part)).join('/')}`;
  const route = routes[name];
  if (route === undefined) throw new Refusal(404, `There is no ${name}`);
  const ids = parts.filter((_part, index) => index % 2 === 1);
  return await route({ cloud, request, ids, labels: Object.fromEntries(searchParams) });
}

const isVerb = (part: string): boolean => ['labels', 'reboot', 'console', 'resize'].includes(part);

async function list<T extends Thing>({ labels }: Call, table: Table<T>): Promise<unknown> {
  const wanted = Object.entries(labels);
  return table.all().filter((thing) => wanted.every(([key, value]) => thing.labels[key] === value));
}

async function addLabels<T extends Thing>({ request, ids: [id = ''] }: Call, table: Table<T>): Promise<void> {
  const labels = (await json(request)) as Labels;
  const thing = found(table, id);
  table.put({ ...thing, labels: { ...thing.labels, ...labels } });
}

async function createImage({ cloud, request, labels }: Call): Promise<unknown> {
  const id = randomUUID();
  const path = join(cloud.dir, `${id}.image`);
  try {
    await pipeline(request, createWriteStream(path, { mode: 0o600 }));
    return cloud.store.images.put({ id, labels, machineId: await cloud.machines.createImage(path) });
  } finally {
    await rm(path, { force: true });
  }
}

/** Answers at once; the server runs, or has failed, later. */
async function createServerOf({ cloud, request }: Call): Promise<unknown> {
  const { image, labels, addresses, ...rest } = (await json(request)) as {
    readonly image: string;
    readonly cpus: number;
    readonly memoryMib: number;
    readonly diskMib: number;
    readonly userData: string;
    readonly addresses: readonly string[];
    readonly labels: Labels;
  };
  const { machineId } = found(cloud.store.images, image);
  refuseTaken(cloud, addresses);
  const server: Server = { id: randomUUID(), labels, addresses, state: 'starting', volumes: [] };
  cloud.store.servers.put(server);
  starting.set(server.id, start(cloud, server, { image: machineId, ...rest }));
  return server;
}

const starting = new Map<string, Promise<void>>();

async function start(cloud: ExampleCloud, server: Server, machine: Parameters<Machines['start']>[0]): Promise<void> {
  try {
    const machineId = await cloud.machines.start(machine);
    cloud.store.servers.put({ ...found(cloud.store.servers, server.id), state: 'running', machineId });
  } catch (error) {
    cloud.store.servers.put({ ...server, state: 'failed', fault: (error as Error).message });
  } finally {
    starting.delete(server.id);
  }
}

function refuseTaken({ store }: ExampleCloud, addresses: readonly string[]): void {
  for (const server of store.servers.all()) {
    const taken = server.addresses.find((address) => server.state !== 'failed' && addresses.includes(address));
    if (taken !== undefined) throw new Refusal(409, `Address ${taken} is taken by server ${server.id}`);
  }
}

async function deleteServer({ cloud, ids: [id = ''] }: Call): Promise<void> {
  found(cloud.store.servers, id);
  await starting.get(id);
  const { machineId } = found(cloud.store.servers, id);
  if (machineId !== undefined) await cloud.machines.stop(machineId);
  for (const { server: _, ...volume } of cloud.store.volumes.all().filter(({ server }) => server === id)) {
    cloud.store.volumes.put(volume);
  }
  cloud.store.servers.remove(id);
}

async function attach({ cloud, ids: [id = '', volumeId = ''] }: Call): Promise<unknown> {
  const machine = machineOf(cloud, id);
  const volume = found(cloud.store.volumes, volumeId);
  if (volume.server !== undefined && volume.server !== id) {
    throw new Refusal(409, `Volume ${volumeId} is attached to server ${volume.server}`);
  }
  const device = await cloud.machines.attach(machine, volume.machineId);
  cloud.store.volumes.put({ ...volume, server: id });
  const server = found(cloud.store.servers, id);
  cloud.store.servers.put({ ...server, volumes: [...new Set([...server.volumes, volumeId])] });
  return { device };
}

async function detach({ cloud, ids: [id = '', volumeId = ''] }: Call): Promise<void> {
  const { server: holder, ...volume } = found(cloud.store.volumes, volumeId);
  if (holder !== id) throw new Refusal(404, `Volume ${volumeId} is not attached to server ${id}`);
  await cloud.machines.detach(machineOf(cloud, id), volume.machineId);
  cloud.store.volumes.put(volume);
  const server = found(cloud.store.servers, id);
  cloud.store.servers.put({ ...server, volumes: server.volumes.filter((one) => one !== volumeId) });
}

async function createVolume({ cloud, request }: Call): Promise<unknown> {
  const { sizeMib, labels } = (await json(request)) as { readonly sizeMib: number; readonly labels: Labels };
  const machineId = await cloud.machines.createVolume(sizeMib);
  return cloud.store.volumes.put({ id: randomUUID(), labels, sizeMib, machineId });
}

async function deleteVolume({ cloud, ids: [id = ''] }: Call): Promise<void> {
  const { server, machineId } = found(cloud.store.volumes, id);
  if (server !== undefined) throw new Refusal(409, `Volume ${id} is attached to server ${server}`);
  await cloud.machines.deleteVolume(machineId);
  cloud.store.volumes.remove(id);
}

async function resizeVolume({ cloud, request, ids: [id = ''] }: Call): Promise<void> {
  const { sizeMib } = (await json(request)) as { readonly sizeMib: number };
  const volume = found(cloud.store.volumes, id);
  if (volume.server !== undefined) throw new Refusal(409, `Volume ${id} is attached to server ${volume.server}`);
  await cloud.machines.resizeVolume(volume.machineId, sizeMib);
  cloud.store.volumes.put({ ...volume, sizeMib });
}

async function createSnapshot({ cloud, request }: Call): Promise<unknown> {
  const { volume, labels } = (await json(request)) as { readonly volume: string; readonly labels: Labels };
  const machineId = await cloud.machines.createSnapshot(found(cloud.store.volumes, volume).machineId);
  return cloud.store.snapshots.put({ id: randomUUID(), labels, volume, machineId });
}

function found<T extends Thing>(table: Table<T>, id: string): T {
  const thing = table.get(id);
  if (thing === undefined) throw new Refusal(404, `There is no such thing as ${id}`);
  return thing;
}

function machineOf(cloud: ExampleCloud, id: string): string {
  const { machineId, state } = found(cloud.store.servers, id);
  if (machineId === undefined) throw new Refusal(409, `Server ${id} is ${state}`);
  return machineId;
}
