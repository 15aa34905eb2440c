import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where an environment's CPI lives on this machine. */
export interface InstallationDirs {
  readonly root: string;
  readonly packages: string;
  readonly jobs: string;
  readonly tmp: string;
}

/** As upstream's CLI lays it out below ~/.bosh/installations. */
export function installationDirs(
  installations: string,
  { id, packageDir }: { readonly id: string; readonly packageDir: string | undefined },
): InstallationDirs {
  const root = join(installations, id);
  return { root, packages: packageDir ?? join(root, 'packages'), jobs: join(root, 'jobs'), tmp: join(root, 'tmp') };
}

/** What a killed run has left in tmp goes. */
export async function prepareDirs({ root, tmp }: InstallationDirs): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  await rm(tmp, { recursive: true, force: true });
  await mkdir(tmp, { recursive: true, mode: 0o700 });
}

/** Rendered jobs hold credentials: they are gone after each run. */
export async function removeRendered({ jobs }: InstallationDirs): Promise<void> {
  await rm(jobs, { recursive: true, force: true });
}

export async function removeTmp({ tmp }: InstallationDirs): Promise<void> {
  await rm(tmp, { recursive: true, force: true });
}

export async function removeInstallation({ root, packages }: InstallationDirs): Promise<void> {
  await rm(root, { recursive: true, force: true });
  await rm(packages, { recursive: true, force: true });
}
