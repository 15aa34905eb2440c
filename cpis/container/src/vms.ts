import { diskCid, writeFileAtomic } from '@boti/core';
import { type AgentOptions, agentSettings, type Cloud, CloudError, type CpiContext } from '@boti/cpi-sdk';
import { z } from 'zod';
import * as host from './host/index.ts';
import { nameServers, vmAddresses } from './networks.ts';

export const vmPropertiesSchema = z.object({
  cpu: z.number().positive().optional().describe('Cores; may be a fraction'),
  ram: z.number().positive().optional().describe('MiB of memory'),
  disk: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("MiB of the VM's own disk: its root file system and /var/vcap/data"),
});

type VmMethods =
  | 'createVm'
  | 'deleteVm'
  | 'hasVm'
  | 'rebootVm'
  | 'setVmMetadata'
  | 'calculateVmCloudProperties'
  | 'getDisks'
  | 'consoleLog';

export function vms(
  open: () => Promise<host.HostContext>,
  { agent, logger }: CpiContext,
): Pick<Required<Cloud>, VmMethods> {
  return {
    async createVm(request) {
      const { cpu, ram, disk } = vmProperties(request.cloudProperties, logger);
      const { agentId, env, networks } = request;
      const cid = await host.createVm(await open(), {
        creationId: agentId,
        hostname: agentId,
        stemcellCid: request.stemcellCid,
        ...(cpu !== undefined && { cpu }),
        ...(ram !== undefined && { ramMib: ram }),
        diskMib: disk,
        networks: [...vmAddresses(networks)],
        dns: [...nameServers(networks)],
        settings: (name) => settings({ agentId, name, networks, env, agent }),
      });
      return { cid, networks };
    },
    deleteVm: async (cid) => host.deleteVm(await open(), cid),
    hasVm: async (cid) => host.hasVm(await open(), cid),
    rebootVm: async (cid) => host.rebootVm(await open(), cid),
    async setVmMetadata(cid, metadata) {
      const { state } = await open();
      await host.requireVmRecord(state, cid);
      await writeFileAtomic(host.vmPaths(state, cid).metadata, JSON.stringify(metadata), 0o600);
    },
    calculateVmCloudProperties: async ({ cpu, ram, ephemeral_disk_size }) => ({ cpu, ram, disk: ephemeral_disk_size }),
    async getDisks(cid) {
      const { disks } = await host.requireVmRecord((await open()).state, cid);
      return Object.keys(disks).map(diskCid);
    },
    consoleLog: async (cid) => host.consoleLog(await open(), cid),
  };
}

/** The CPI sets up the interfaces, and the VM's disk is mounted where the ephemeral disk would be. */
function settings(vm: {
  readonly agentId: Parameters<typeof agentSettings>[0]['agentId'];
  readonly name: string;
  readonly networks: Parameters<typeof agentSettings>[0]['networks'];
  readonly env: Parameters<typeof agentSettings>[0]['env'];
  readonly agent: AgentOptions;
}): object {
  return agentSettings({
    agentId: vm.agentId,
    vmName: vm.name,
    vmId: vm.name,
    networks: vm.networks,
    disks: { system: '', persistent: {} },
    env: vm.env,
    agentOptions: vm.agent,
    preconfigured: true,
  });
}

function vmProperties(properties: object, logger: CpiContext['logger']): z.infer<typeof vmPropertiesSchema> {
  const unknown = Object.keys(properties).filter((key) => !(key in vmPropertiesSchema.shape));
  if (unknown.length > 0) logger.warn('cloud_properties that the container cloud does not know', { unknown });
  const parsed = vmPropertiesSchema.safeParse(properties);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CloudError('CpiError', `cloud_properties of the VM are wrong: ${problems.join('; ')}`, {
    hint: 'Correct vm_types or vm_extensions in the cloud config: cpu (cores), ram (MiB) and disk (MiB) are numbers.',
  });
}
