import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandContext } from '../command.ts';
import type { BotiHome } from './boti-home.ts';
import type { Credentials } from './prepare-home.ts';

export const aliasName = 'boti';

/** Makes the Director known to the CLI under a name, with its credentials. */
export async function registerAlias(
  { config }: CommandContext,
  home: BotiHome,
  credentials: Credentials,
): Promise<void> {
  const caCert = await readFile(join(home.certificates, 'ca.crt'), 'utf8');
  await config.setAlias(aliasName, home.addresses.directorUrl, caCert);
  await config.setCredentials(home.addresses.directorUrl, { username: 'admin', password: credentials.adminPassword });
}

export async function unregisterAlias({ config }: CommandContext, home: BotiHome): Promise<void> {
  const known = await config.find(aliasName);
  if (known?.url === home.addresses.directorUrl) await config.removeAlias(aliasName);
}
