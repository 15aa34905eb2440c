import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type VmCid, vmCid } from '@boti/core';
import { cgroupPath } from './cgroup.ts';
import type { HostContext } from './host-context.ts';
import { closeLoop, openLoop } from './loop-devices.ts';
import { type BlockDevice, grantableCapabilities, ociConfig } from './oci-config.ts';
import { requireSpace } from './requirements.ts';
import { diskImage, fileName } from './state-dir.ts';
import { requireStemcell } from './stemcells.ts';
import { makeVmDisk, mountVmDisk, unmountVmDisk } from './vm-filesystem.ts';
import { claimAddresses, ensureBridge, ensureVmNetwork, releaseAddresses, removeVmNetwork } from './vm-network.ts';
import { findVmRecord, requireVmRecord, type VmRecord, vmPaths, writeVmRecord } from './vm-record.ts';

type Tools = Omit<HostContext, 'journal'>;

/** How long a VM's services may take to stop before it is ended. */
const stopMs = 10_000;

export type NewVm = Omit<VmRecord, 'cid' | 'disks' | 'diskMib'> & {
  readonly diskMib: number | undefined;
  /** Content of the agent's settings file. */
  readonly settings: (cid: VmCid) => object;
};

/** Makes a VM and starts it. On failure, and when the process is killed, nothing of it stays. */
export async function createVm(host: HostContext, { settings, ...vm }: NewVm): Promise<VmCid> {
  await requireSpace(host.state.root);
  await requireStemcell(host.state, vm.stemcellCid);
  await host.journal.reap();
  const made = await host.journal.create(
    vm.creationId,
    async (record) => {
      const cid = vmCid(`vm-${fileName(vm.creationId)}`);
      await record({ kind: 'vm', id: cid });
      const content = settings(cid);
      await makeVm(host, { ...vm, cid, disks: {}, diskMib: vm.diskMib ?? host.defaultDiskMib }, content);
      return { cid };
    },
    host.signal,
  );
  return made.cid;
}

async function makeVm(host: HostContext, record: VmRecord, settings: object): Promise<void> {
  const { state, bridge, signal, logger } = host;
  const paths = vmPaths(state, record.cid);
  const started = performance.now();
  await mkdir(paths.dir, { mode: 0o700 });
  await writeFile(paths.settings, JSON.stringify(settings), { mode: 0o600 });
  await writeVmRecord(state, record);
  await host.locks.run(
    'network',
    async () => {
      await claimAddresses(state, record);
      await ensureBridge(state, bridge, record.networks);
    },
    signal,
  );
  const parts = await Promise.allSettled([
    makeVmDisk(state, paths, record, signal),
    ensureVmNetwork(paths, record, { bridge, signal }),
  ]);
  const failed = parts.find((part) => part.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  await start(host, record, []);
  logger.info('started VM', { cid: record.cid, ms: Math.round(performance.now() - started) });
}

async function start(host: Tools, record: VmRecord, devices: readonly BlockDevice[]): Promise<void> {
  const { state, runtime, cgroupMode, signal } = host;
  const paths = vmPaths(state, record.cid);
  const config = ociConfig({
    record,
    paths,
    cgroupPath: cgroupPath(state, paths),
    cgroupMode,
    devices,
    capabilities: await grantableCapabilities(),
  });
  await writeFile(paths.ociConfig, JSON.stringify(config), { mode: 0o600 });
  await runtime.run(paths.name, paths.dir, { consoleLog: paths.consoleLog, signal });
}

/** Absent is success. Disks that are attached are set free. */
export async function deleteVm(host: HostContext, cid: VmCid): Promise<void> {
  await host.locks.run(`vm-${cid}`, async () => {
    const record = await findVmRecord(host.state, cid);
    await removeVm(host, cid);
    if (record !== undefined) await host.journal.forget(record.creationId);
  });
}

/** Removes all that there is of a VM, however far its making had come. */
export async function removeVm(host: Tools, cid: VmCid): Promise<void> {
  const paths = vmPaths(host.state, cid);
  const record = await findVmRecord(host.state, cid);
  await halt(host, cid);
  for (const disk of Object.keys(record?.disks ?? {})) await closeLoop(diskImage(host.state, disk));
  if (record !== undefined) await host.locks.run('network', () => releaseAddresses(host.state, record));
  await rm(paths.dir, { recursive: true, force: true });
}

/** Ends a VM and takes down its network and mounts; its files stay. */
export async function halt({ state, runtime }: Tools, cid: VmCid): Promise<void> {
  const paths = vmPaths(state, cid);
  await runtime.remove(paths.name);
  await Promise.all([removeVmNetwork(paths), unmountVmDisk(paths)]);
}

export async function hasVm({ state, journal, signal }: HostContext, cid: VmCid): Promise<boolean> {
  const record = await findVmRecord(state, cid);
  // A VM that is being made, or whose making was killed, is none.
  return record !== undefined && (await journal.find(record.creationId, signal)) === cid;
}

/** Stops the services, then starts the VM again with its files, addresses and disks. Also starts one that had ended. */
export async function rebootVm(host: HostContext, cid: VmCid): Promise<void> {
  await host.locks.run(`vm-${cid}`, async () => {
    const record = await requireVmRecord(host.state, cid);
    await stop(host, cid);
    await startAgain(host, record);
  });
}

async function stop({ state, runtime }: Tools, cid: VmCid): Promise<void> {
  const { name } = vmPaths(state, cid);
  await runtime.kill(name, 'HUP');
  const deadline = Date.now() + stopMs;
  while (Date.now() < deadline && (await runtime.pid(name)) !== undefined) await delay(100);
}

/** Starts a VM that has files only, or remains of an earlier start. */
export async function startAgain(host: Tools, record: VmRecord): Promise<void> {
  const { state, bridge, runtime } = host;
  const paths = vmPaths(state, record.cid);
  await runtime.remove(paths.name);
  await host.locks.run('network', () => ensureBridge(state, bridge, record.networks));
  await Promise.all([mountVmDisk(state, paths, record), ensureVmNetwork(paths, record, { bridge })]);
  const disks = Object.entries(record.disks);
  const devices = await Promise.all(disks.map(([disk, path]) => openLoop(diskImage(state, disk), path)));
  await start(host, record, devices);
}

/** Every VM that is whole. */
export async function listVms(host: HostContext): Promise<readonly VmCid[]> {
  const cids = (await readdir(host.state.vms)).map(vmCid);
  const whole = await Promise.all(cids.map((cid) => hasVm(host, cid)));
  return cids.filter((_, index) => whole[index]);
}
