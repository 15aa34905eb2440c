import type { AgentSettings } from '@boti/agent-protocol';
import { fatImage } from './fat-image.ts';
import { iso9660Image } from './iso9660-image.ts';

/** `iso9660`: read-only, as a CD-ROM. `vfat`: for clouds that attach disks only. Linux reads both. */
export const configDriveFormats = ['iso9660', 'vfat'] as const;
/** The file system of a config drive. */
export type ConfigDriveFormat = (typeof configDriveFormats)[number];

/** What a config drive holds. */
export interface ConfigDriveContent {
  readonly settings: AgentSettings;
  /** OpenSSH public key for the user vcap, beside those in `env.bosh.authorized_keys`. */
  readonly publicKey?: string;
}

/**
 * The bytes of a config drive: a file system with the label `config-2`, `ec2/latest/user-data` with the settings and
 * `ec2/latest/meta-data.json`. The same content gives the same bytes. Throws ExpectedError for settings of more than 8 MiB on FAT.
 */
export function configDriveImage(format: ConfigDriveFormat, { settings, publicKey }: ConfigDriveContent): Buffer {
  const metadata = {
    'instance-id': settings.vm.id ?? settings.vm.name,
    'public-keys': publicKey === undefined ? {} : { '0': { 'openssh-key': publicKey } },
  };
  const files = {
    'ec2/latest/user-data': Buffer.from(JSON.stringify(settings)),
    'ec2/latest/meta-data.json': Buffer.from(JSON.stringify(metadata)),
  };
  return format === 'iso9660' ? iso9660Image('config-2', files) : fatImage('CONFIG-2', files);
}
