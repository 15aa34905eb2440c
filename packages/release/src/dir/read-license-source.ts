import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LicenseSource } from './sources.ts';

/** The LICENSE* and NOTICE* files at the root of a release, or undefined if it has none. */
export async function readLicenseSource(dir: string): Promise<LicenseSource | undefined> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory() && /^(?:LICENSE|NOTICE)/.test(entry.name))
    .map((entry) => entry.name);
  if (names.length === 0) return undefined;
  const files = names.sort().map((name) => ({ path: join(dir, name), relativePath: name }));
  return { kind: 'license', name: 'license', files, warnings: [] };
}
