import { randomUUID } from 'node:crypto';
import { diskCid, vmCid } from '@boti/core';
import { agentSettings, type Cloud, CloudError, type CpiContext, type VmNetworks } from '@boti/cpi-sdk';
import { withDynamicAddresses } from './networks.ts';
import { requireQuota } from './quotas.ts';
import type { Simulation } from './simulator.ts';
import { requireDisk, requireVm, type Store } from './store.ts';

type VmMethods =
  | 'createVm'
  | 'deleteVm'
  | 'hasVm'
  | 'rebootVm'
  | 'setVmMetadata'
  | 'calculateVmCloudProperties'
  | 'getDisks'
  | 'consoleLog';

export function vms({ store, agents, config }: Simulation, context: CpiContext): Pick<Required<Cloud>, VmMethods> {
  const remove = async (cid: string): Promise<void> => {
    await agents.stop(cid);
    store.remove('vm', cid);
  };
  return {
    async createVm({ agentId, stemcellCid, networks: wanted, diskCids, env }) {
      if (store.get('stemcell', stemcellCid) === undefined) {
        throw new CloudError('StemcellNotFound', `Stemcell '${stemcellCid}' does not exist`);
      }
      for (const disk of diskCids) requireDisk(store, disk);
      const previous = store.vmOfAgent(agentId);
      if (previous !== undefined) await remove(previous.cid);
      requireQuota(store, config.quotas, 'vm');
      const networks = withDynamicAddresses(store, wanted);
      refuseUsedAddresses(store, networks);
      const cid = vmCid(`sim-vm-${randomUUID()}`);
      const settings = agentSettings({
        agentId,
        vmName: cid,
        networks,
        disks: { system: '/dev/sda', persistent: {} },
        env,
        agentOptions: context.agent,
        preconfigured: true,
      });
      const agent = { spec: {}, jobState: 'running', known: [], mounted: [], isOff: false };
      store.put('vm', { cid, agentId, stemcellCid, settings, metadata: {}, disks: [], agent });
      agents.start(cid);
      return { cid, networks };
    },

    deleteVm: remove,
    hasVm: async (cid) => store.get('vm', cid) !== undefined,

    async rebootVm(cid) {
      const vm = requireVm(store, cid);
      await agents.stop(cid);
      store.put('vm', { ...vm, agent: { ...vm.agent, isOff: false } });
      agents.start(cid);
    },

    async setVmMetadata(cid, metadata) {
      store.put('vm', { ...requireVm(store, cid), metadata });
    },

    calculateVmCloudProperties: async ({ cpu, ram, ephemeral_disk_size }) => ({ cpu, ram, disk: ephemeral_disk_size }),
    getDisks: async (cid) => requireVm(store, cid).disks.map(diskCid),
    async consoleLog(cid) {
      requireVm(store, cid);
      return agents.log(cid);
    },
  };
}

/** A Director that gives an address twice shall hear of it. */
function refuseUsedAddresses(store: Store, networks: VmNetworks): void {
  for (const { ip } of Object.values(networks)) {
    const holder = ip === undefined ? undefined : store.vmOfAddress(ip);
    if (holder !== undefined) throw new CloudError('CloudError', `IP address ${ip} is in use by VM '${holder.cid}'`);
  }
}
