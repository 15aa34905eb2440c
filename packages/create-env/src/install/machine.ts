import { arch } from 'node:os';
import { readIfThere } from '@boti/core';

/** What kind of machine this is: packages that were compiled on one run on others of its kind. */
export async function machineKind(): Promise<{ readonly operatingSystem: string; readonly version: string }> {
  const release = (await readIfThere('/etc/os-release')) ?? '';
  const value = (key: string): string => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(release)?.[1] ?? '';
  return { operatingSystem: value('ID') || process.platform, version: `${value('VERSION_ID') || '0'}-${arch()}` };
}
