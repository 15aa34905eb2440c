// create-release of 200 packages with 50 files each: from nothing, and again with nothing changed. With BOSH_CLI also
// upstream's CLI, in turn with ours.
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTempDir } from '@boti/core';
import { compareClis } from './support/compare-clis.ts';
import { isQuick } from './support/report.ts';

const packages = isQuick ? 40 : 200;
const filesEach = 50;

await using folder = await openTempDir('boti-bench-release-');
const release = join(folder.path, 'release');
await makeRelease(release);
const args = ['create-release', '--dir', release, '--force', '--version', '1', '-n'];
const forget = () => forgetReleases(release);

await compareClis({
  name: 'create-release/first',
  args,
  home: join(folder.path, 'home'),
  rounds: 3,
  async prepare(home) {
    await forget();
    await rm(home, { recursive: true, force: true });
    await mkdir(home);
    await useIndex(home);
  },
});
await compareClis({
  name: 'create-release/unchanged',
  args,
  home: join(folder.path, 'home'),
  rounds: isQuick ? 3 : 5,
  isWarm: true,
  async prepare(home) {
    await forget();
    await useIndex(home);
  },
});

/** Each CLI has an index of its own: it names archives in the cache below that HOME. */
async function useIndex(home: string): Promise<void> {
  await mkdir(join(home, 'dev_builds'), { recursive: true });
  await rm(join(release, '.dev_builds'), { force: true });
  await symlink(join(home, 'dev_builds'), join(release, '.dev_builds'));
}

async function forgetReleases(dir: string): Promise<void> {
  await rm(join(dir, 'dev_releases'), { recursive: true, force: true });
}

async function makeRelease(dir: string): Promise<void> {
  await mkdir(join(dir, 'config'), { recursive: true });
  await mkdir(join(dir, 'jobs'));
  await writeFile(join(dir, 'config/final.yml'), 'name: large\n');
  await writeFile(join(dir, 'config/blobs.yml'), '--- {}\n');
  for (let index = 0; index < packages; index += 1) await makePackage(dir, `part-${index}`);
}

/** Text that compresses as source code does, about 4 kB a file. */
async function makePackage(dir: string, name: string): Promise<void> {
  await mkdir(join(dir, 'packages', name), { recursive: true });
  await writeFile(join(dir, 'packages', name, 'spec'), `---\nname: ${name}\nfiles: ["${name}/**/*"]\n`);
  await writeFile(join(dir, 'packages', name, 'packaging'), 'cp -a . $BOSH_INSTALL_TARGET\n');
  for (let index = 0; index < filesEach; index += 1) {
    const folder = join(dir, 'src', name, `folder-${index % 7}`);
    await mkdir(folder, { recursive: true });
    const lines = Array.from(
      { length: 60 },
      (_, line) => `func ${name}_${index}_${line}() { return call(${line * index * 7919}) } // line`,
    );
    await writeFile(join(folder, `file-${index}.go`), `${lines.join('\n')}\n`);
  }
}
