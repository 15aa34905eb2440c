import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openTempDir } from '@boti/core';
import { dumpYaml } from '@boti/manifest';
import { packRelease, type ReleaseManifest } from '@boti/release';
import type { CpiProject } from './cpi-project.ts';
import { jobSources } from './job-sources.ts';

export interface ReleaseOptions {
  /** What buildFolder has made. */
  readonly folder: string;
  readonly version: string;
  readonly tarball: string;
  readonly signal: AbortSignal;
}

/** A BOSH release `<name>-cpi`: the job `<name>_cpi`, and the folder as its package. */
export async function buildRelease(project: CpiProject, options: ReleaseOptions): Promise<ReleaseManifest> {
  const { folder, version, tarball, signal } = options;
  const name = `${project.name}_cpi`;
  await using sources = await openTempDir('boti-cpi-release-', dirname(tarball));
  const dir = sources.path;
  const files = { packaging, spec: dumpYaml({ name, files: [`${name}/**/*`] }, { sortKeys: false }) };
  await writeFiles(join(dir, 'packages', name), files);
  await writeFiles(join(dir, 'jobs', name), jobSources(project));
  await cp(folder, join(dir, 'src', name), { recursive: true });
  return await packRelease({ dir, name: `${project.name}-cpi`, version, tarball, signal });
}

// Runs on the machine of create-env as well as in a compilation VM. The program comes ready; nothing is compiled.
const packaging = `set -e
cp -R */. "$BOSH_INSTALL_TARGET"
`;

async function writeFiles(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const target = join(dir, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    await chmod(target, 0o644);
  }
}
