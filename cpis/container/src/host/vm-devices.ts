import type { VmCid } from '@boti/core';
import { CloudError } from '@boti/cpi-sdk';
import { allowDevice } from './cgroup.ts';
import type { HostContext } from './host-context.ts';
import type { BlockDevice } from './oci-config.ts';
import { vmPaths } from './vm-record.ts';

type Tools = Pick<HostContext, 'state' | 'runtime'>;

/** Makes a device of the host appear in a VM that runs. */
export async function plugDevice(host: Tools, cid: VmCid, device: BlockDevice): Promise<void> {
  const paths = vmPaths(host.state, cid);
  const { path, major, minor } = device;
  if ((await host.runtime.pid(paths.name)) === undefined) {
    throw new CloudError('CloudError', `VM '${cid}' does not run`, {
      hint: 'Start it with reboot_vm (bosh cloud-check offers it), or recreate it.',
    });
  }
  await allowDevice(host.state, paths, device);
  const script = `[ -b ${path} ] || mknod -m 660 ${path} b ${major} ${minor}`;
  await host.runtime.exec(paths.name, ['/bin/sh', '-c', script]);
}

/** Takes a device out of a VM. One that does not run has none. */
export async function unplugDevice(host: Tools, cid: VmCid, path: string): Promise<void> {
  const { name } = vmPaths(host.state, cid);
  if ((await host.runtime.pid(name)) !== undefined) await host.runtime.exec(name, ['/bin/rm', '-f', path]);
}
