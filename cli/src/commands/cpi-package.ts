import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ExpectedError, isThere, openTempDir } from '@boti/core';
import { optionalArgument } from '../arguments/argument-spec.ts';
import { flag, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import { buildFolder } from '../cpi/build-folder.ts';
import { buildRelease } from '../cpi/build-release.ts';
import { readCpiProject } from '../cpi/cpi-project.ts';
import { progressOn } from '../embedded/progress.ts';
import { showRelease } from '../releases/show-release.ts';

export const cpiPackage = localCommand({
  name: 'cpi package',
  summary: 'Make a folder of a CPI that runs by itself, and a release with its job for Directors and create-env',
  args: { dir: optionalArgument('DIR') },
  options: {
    output: text('Where to put both (default: dist in the project)', { placeholder: 'DIR' }),
    version: text("Version of the release (default: the project's)", { placeholder: 'VERSION' }),
    noRelease: flag('Make the folder only'),
  },

  async run({ ui, env, signal }, { dir = '.', output, version, noRelease }) {
    const project = await readCpiProject(dir);
    const target = resolve(output ?? join(project.dir, 'dist'));
    await mkdir(target, { recursive: true });
    const progress = progressOn(ui);
    const folder = join(target, `${project.name}-cpi`);
    await progress.step('folder', async (detail) => {
      await replaceFolder(folder, (partial) =>
        buildFolder(project, { target: partial, cacheDir: cacheDir(env.HOME), onProgress: detail }),
      );
      return folder;
    });
    if (noRelease) return;
    const release = { folder, version: version ?? project.version };
    const tarball = join(target, `${project.name}-cpi-${release.version}.tgz`);
    await progress.step('release', async () => {
      const manifest = await buildRelease(project, { ...release, tarball, signal });
      showRelease(ui, manifest, tarball);
      return tarball;
    });
  },
});

/** It appears only when it is complete. What is no packaged CPI is left alone. */
async function replaceFolder(folder: string, build: (partial: string) => Promise<void>): Promise<void> {
  if ((await isThere(folder)) && !(await isThere(join(folder, 'bin/cpi')))) {
    throw new ExpectedError(`'${folder}' is there already and is no packaged CPI`, {
      hint: 'Move it away, or name another folder with --output.',
    });
  }
  await using partial = await openTempDir('.partial-', dirname(folder));
  await build(partial.path);
  await chmod(partial.path, 0o755);
  await rm(folder, { recursive: true, force: true });
  await rename(partial.path, folder);
}

const cacheDir = (home = homedir()): string => join(home, '.cache/boti/node');
