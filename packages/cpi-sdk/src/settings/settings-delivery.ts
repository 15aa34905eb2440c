import type { AgentSettings, DiskHint } from '@boti/agent-protocol';
import type { CpiContext } from '../dispatch.ts';
import type { ConfigDriveFormat } from './config-drive-image.ts';
import { configDriveImage } from './config-drive-image.ts';
import type { RegistryClient } from './registry-client.ts';

/** What a cloud must give to a new VM so that its agent finds its settings. A cloud needs the keys that it understands. */
export interface VmPayload {
  /** User data of the metadata service: JSON text. Read by the agent's sources `HTTP` and `ConfigDrive`. */
  readonly userData?: string;
  /** Content of a small disk with the label `config-2`, to attach before the VM starts. Read by source `ConfigDrive`. */
  readonly configDrive?: Buffer;
  /** A file to lay into the VM's root file system, mode 0600. Read by source `File`. */
  readonly file?: { readonly path: string; readonly content: string };
}

/**
 * How agent settings reach the agents of one cloud. The calls follow the life of a VM:
 * `prepare` in create_vm before the VM is made, `attached` and `detached` in attach_disk and detach_disk, `forget` in
 * delete_vm. From version 2 on the Director tells agents about disks; then the last three do nothing.
 */
export interface SettingsDelivery {
  prepare(settings: AgentSettings): Promise<VmPayload>;
  /** `vmName`: `settings.vm.name`. */
  attached(vmName: string, diskCid: string, hint: DiskHint): Promise<void>;
  detached(vmName: string, diskCid: string): Promise<void>;
  forget(vmName: string): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;
const static_ = { attached: nothing, detached: nothing, forget: nothing };

/**
 * Settings in the user data of a metadata service.
 * agent.json: `{"Type": "HTTP", "URI": "http://169.254.169.254", "UserDataPath": "/latest/user-data"}`.
 */
export function userDataDelivery(): SettingsDelivery {
  return { ...static_, prepare: async (settings) => ({ userData: JSON.stringify(settings) }) };
}

/**
 * Settings on a config drive. agent.json: `{"Type": "ConfigDrive", "DiskPaths": ["/dev/disk/by-label/CONFIG-2",
 * "/dev/disk/by-label/config-2"], "MetaDataPath": "ec2/latest/meta-data.json", "UserDataPath": "ec2/latest/user-data"}`.
 */
export function configDriveDelivery(format: ConfigDriveFormat): SettingsDelivery {
  return { ...static_, prepare: async (settings) => ({ configDrive: configDriveImage(format, { settings }) }) };
}

/** Settings in a file of the VM's root file system. agent.json: `{"Type": "File", "SettingsPath": PATH}`. */
export function fileDelivery(path: string): SettingsDelivery {
  return { ...static_, prepare: async (settings) => ({ file: { path, content: JSON.stringify(settings) } }) };
}

/** Your own way: all that `deliver` does is up to you, and what it answers is what `prepare` answers. */
export function ownDelivery(deliver: (settings: AgentSettings) => Promise<VmPayload>): SettingsDelivery {
  return { ...static_, prepare: deliver };
}

/**
 * Settings in the registry of contract version 1. The VM gets the registry's address and its own name as user data; the
 * agent follows them. `agentEndpoint`: the address as VMs see it, credentials included unless the registry knows VMs by
 * their IP address.
 */
export function registryDelivery(registry: RegistryClient, agentEndpoint: string): SettingsDelivery {
  type Disks = Readonly<Record<string, DiskHint>>;
  const changeDisks = (vmName: string, change: (disks: Disks) => Disks): Promise<void> =>
    registry.update(vmName, (settings) => {
      const persistent = change(settings.disks.persistent ?? {});
      return { ...settings, disks: { ...settings.disks, persistent } };
    });
  return {
    async prepare(settings) {
      const { name } = settings.vm;
      await registry.put(name, settings);
      const dns = Object.values(settings.networks).flatMap((network) => network.dns ?? []);
      return {
        userData: JSON.stringify({
          registry: { endpoint: agentEndpoint },
          server: { name },
          networks: settings.networks,
          ...(dns.length > 0 && { dns: { nameserver: [...new Set(dns)] } }),
        }),
      };
    },
    attached: (vmName, diskCid, hint) => changeDisks(vmName, (disks) => ({ ...disks, [diskCid]: hint })),
    detached: (vmName, diskCid) => changeDisks(vmName, ({ [diskCid]: _gone, ...rest }) => rest),
    forget: (vmName) => registry.delete(vmName),
  };
}

/**
 * Whether this VM's agent reads its settings from a registry only: a request of version 1, or a stemcell of version 1 or
 * unknown. Source: bosh-openstack-cpi cloud.rb.
 */
export function needsRegistry({ apiVersion, stemcellApiVersion = 1 }: CpiContext): boolean {
  return apiVersion < 2 || stemcellApiVersion < 2;
}
