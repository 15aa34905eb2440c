import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AgentId,
  agentSettings,
  type Cloud,
  CloudError,
  type CpiContext,
  type CreateVmRequest,
  diskCid,
  type VmCid,
  vmCid,
} from '@boti/cpi-sdk';
import { z } from 'zod';
import { CloudClient, ifMissing, pathOf, type Server, schemas } from './cloud-client.ts';
import { type Config, parseProperties, vmPropertiesSchema } from './config.ts';
import { creationLabels, textLabels } from './labels.ts';

export function vms(client: CloudClient, context: CpiContext, config: Config) {
  return {
    async createVm(request) {
      await removeServersOf(client, request.agentId);
      const server = await client.request('POST', '/servers', schemas.server, serverRequest(request, context));
      const cid = vmCid(server.id);
      try {
        await waitUntilRunning(client, server, { seconds: config.bootSeconds, signal: context.signal });
      } catch (error) {
        // Not with the signal of this call: it may be what has ended the wait.
        await new CloudClient(config, AbortSignal.timeout(60_000)).remove(pathOf('servers', cid));
        throw error;
      }
      return { cid, networks: request.networks };
    },

    deleteVm: async (cid) => await client.remove(pathOf('servers', cid)),
    hasVm: async (cid) => (await client.find(pathOf('servers', cid), schemas.server)) !== undefined,

    async rebootVm(cid) {
      await client.request('POST', pathOf('servers', cid, 'reboot'), z.unknown()).catch(vmNotFound(cid));
    },

    async setVmMetadata(cid, metadata) {
      const path = pathOf('servers', cid, 'labels');
      await client.request('PATCH', path, z.unknown(), textLabels(metadata)).catch(vmNotFound(cid));
    },

    calculateVmCloudProperties: async ({ cpu, ram, ephemeral_disk_size: disk }) => ({ cpus: cpu, memory: ram, disk }),

    async getDisks(cid) {
      const server = await client.request('GET', pathOf('servers', cid), schemas.server).catch(vmNotFound(cid));
      return server.volumes.map(diskCid);
    },

    async consoleLog(cid) {
      const path = pathOf('servers', cid, 'console');
      return (await client.request('GET', path, z.object({ text: z.string() })).catch(vmNotFound(cid))).text;
    },
  } satisfies Partial<Cloud>;
}

/** A create_vm that is repeated makes one VM in the end, not two. */
async function removeServersOf(client: CloudClient, agentId: AgentId): Promise<void> {
  for (const { id } of await client.list('servers', schemas.server, { agent: agentId })) {
    await client.remove(pathOf('servers', id));
  }
}

/** What the cloud wants to know of a new server. The agent in it reads its settings from the user data. */
function serverRequest(request: CreateVmRequest, context: CpiContext): object {
  const { agentId, stemcellCid, networks, env } = request;
  const { cpus, memory, disk } = parseProperties(vmPropertiesSchema, request.cloudProperties);
  const settings = agentSettings({
    agentId,
    vmName: agentId,
    networks,
    disks: { system: '', persistent: {} },
    env,
    agentOptions: context.agent,
    preconfigured: true,
  });
  return {
    image: stemcellCid,
    cpus,
    memoryMib: memory,
    diskMib: disk,
    addresses: Object.values(networks).flatMap(({ type, ip }) => (type === 'vip' || ip === undefined ? [] : [ip])),
    userData: JSON.stringify(settings),
    labels: { ...creationLabels(context), agent: agentId },
  };
}

async function waitUntilRunning(
  client: CloudClient,
  server: Server,
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (let { state, fault } = server; state !== 'running'; ) {
    if (state === 'failed') throw new CloudError('VMCreationFailed', `The server did not start: ${fault}`);
    if (Date.now() > deadline) throw new CloudError('VMCreationFailed', `No running server after ${seconds} s`);
    await sleep(250, undefined, { signal });
    ({ state, fault } = await client.request('GET', pathOf('servers', server.id), schemas.server));
  }
}

export function vmNotFound(cid: VmCid): (error: unknown) => never {
  return (error) => {
    ifMissing(undefined)(error);
    throw new CloudError('VMNotFound', `VM '${cid}' does not exist`);
  };
}
