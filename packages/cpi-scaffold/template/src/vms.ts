import { setTimeout as sleep } from 'node:timers/promises';
import {
  agentSettings,
  type Cloud,
  CloudError,
  type CpiContext,
  type CreateVmRequest,
  diskCid,
  vmCid,
} from '@boti/cpi-sdk';
import { z } from 'zod';
import { CloudClient, notFound, type Server, schemas } from './cloud-client.ts';
import { type Config, parseProperties, vmPropertiesSchema } from './config.ts';
import { creationLabels, textLabels } from './labels.ts';

export function vms(client: CloudClient, context: CpiContext, config: Config) {
  return {
    async createVm(request) {
      // A create_vm that is repeated makes one VM in the end, not two.
      const before = await client.list('servers', schemas.server, { agent: request.agentId });
      for (const { id } of before) await client.remove(['servers', id]);
      const body = serverRequest(request, context);
      const stemcell = request.stemcellCid;
      await client.request('GET', ['images', stemcell], schemas.image).catch(notFound('StemcellNotFound', stemcell));
      const server = await client.request('POST', ['servers'], schemas.server, { body });
      const cid = vmCid(server.id);
      try {
        await waitUntilRunning(client, server, { seconds: config.bootSeconds, signal: context.signal });
      } catch (error) {
        // Not with the signal of this call: it may be what has ended the wait.
        await new CloudClient(config, AbortSignal.timeout(60_000)).remove(['servers', cid]);
        throw error;
      }
      return { cid, networks: request.networks };
    },

    deleteVm: async (cid) => await client.remove(['servers', cid]),
    hasVm: async (cid) => (await client.find(['servers', cid], schemas.server)) !== undefined,

    async rebootVm(cid) {
      await client.request('POST', ['servers', cid, 'reboot'], z.unknown()).catch(notFound('VMNotFound', cid));
    },

    async setVmMetadata(cid, metadata) {
      const path = ['servers', cid, 'labels'];
      await client
        .request('PATCH', path, z.unknown(), { body: textLabels(metadata) })
        .catch(notFound('VMNotFound', cid));
    },

    calculateVmCloudProperties: async ({ cpu, ram, ephemeral_disk_size: disk }) => ({ cpus: cpu, memory: ram, disk }),

    async getDisks(cid) {
      const server = await client.request('GET', ['servers', cid], schemas.server).catch(notFound('VMNotFound', cid));
      return server.volumes.map(diskCid);
    },

    async consoleLog(cid) {
      const path = ['servers', cid, 'console'];
      return (await client.request('GET', path, z.object({ text: z.string() })).catch(notFound('VMNotFound', cid)))
        .text;
    },
  } satisfies Partial<Cloud>;
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
    ({ state, fault } = await client.request('GET', ['servers', server.id], schemas.server));
  }
}
