import { appendFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '@boti/core';

/** What was done by hand before a step of the recorded life, in the folder that holds r1, r2 and home. */
export type Preparation = (root: string) => Promise<unknown>;

const ignored = 'blobs\n.dev_builds\ndev_releases\n*.tgz\n';

const r1Sources: Readonly<Record<string, string>> = {
  LICENSE: 'lic\n',
  NOTICE: 'note\n',
  'NOTICE.md': 'md\n',
  'jobs/web/spec':
    '---\nname: web\ntemplates:\n  ctl.erb: bin/ctl\n  sub/c.erb: config/c\n  sym.erb: config/sym\npackages: [app, bloby]\n',
  'jobs/web/monit': 'check process web\n',
  'jobs/web/templates/sub/c.erb': 'c\n',
  'packages/app/spec': '---\nname: app\ndependencies: [base]\nfiles: ["app/**/*"]\n',
  'packages/app/packaging': 'set -e\ncp -r app $BOSH_INSTALL_TARGET\n',
  'packages/app/pre_packaging': 'echo pre > app/generated\n',
  'packages/base/spec': '---\nname: base\n',
  'packages/base/packaging': 'true\n',
  'packages/bloby/spec': '---\nname: bloby\nfiles: [lib/one.tgz, "vend/**/*"]\n',
  'packages/bloby/packaging': 'true\n',
  'src/app/.hidden': 'h\n',
  'src/app/a.txt': 'hello\n',
  'src/app/sub/deep/f': 'f\n',
};

const finalYml = (name: string, root: string): string =>
  `name: ${name}\nblobstore: {provider: local, options: {blobstore_path: ${root}/blobstore}}\n`;

async function write(path: string, content: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode });
}

async function commitAll(root: string): Promise<void> {
  const git = (...args: string[]) => runCommand('git', ['-C', join(root, 'r1'), ...args]);
  await git('add', '--all');
  await git('-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '--quiet', '--message', 'state');
}

async function addSources(root: string): Promise<void> {
  const dir = join(root, 'r1');
  const blobs = await readFile(join(dir, 'config/blobs.yml'), 'utf8');
  await writeFile(join(dir, 'config/blobs.yml'), '--- {}\n');
  await writeFile(join(dir, 'config/final.yml'), finalYml('myrel', root));
  await writeFile(join(dir, '.gitignore'), ignored);
  await runCommand('git', ['init', '--quiet', dir]);
  await commitAll(root);
  await writeFile(join(dir, 'config/blobs.yml'), blobs);
  for (const [path, content] of Object.entries(r1Sources)) await write(join(dir, path), content);
  await write(join(dir, 'jobs/web/templates/ctl.erb'), 'ctl\n', 0o755);
  await symlink('sub/c.erb', join(dir, 'jobs/web/templates/sym.erb'));
  await write(join(dir, 'src/app/run.sh'), '#!/bin/sh\n', 0o755);
  await symlink('a.txt', join(dir, 'src/app/lnk'));
}

const remove =
  (...paths: readonly string[]): Preparation =>
  async (root) => {
    for (const path of paths) await rm(join(root, path), { recursive: true });
  };

async function addSecondRelease(root: string): Promise<void> {
  await write(join(root, 'r2/config/final.yml'), finalYml('rel2', root));
}

export const preparations: Readonly<Record<string, Preparation>> = {
  '04-create-release-skeleton-nongit': remove('r1/jobs/we ird'),
  '08-create-dirty-no-force': addSources,
  '09-create-dev-1': commitAll,
  '11-create-dev-dirty-no-force': (root) => writeFile(join(root, 'r1/src/app/a.txt'), 'hello changed\n'),
  '14-timestamp': remove('r1/out.tgz'),
  '19-sync-blobs': remove('r1/blobs'),
  '19c-sync-removes-stray': (root) => writeFile(join(root, 'r1/blobs/extra.txt'), 'extra\n'),
  '19d-sync-corrupted': (root) => appendFile(join(root, 'r1/blobs/lib/one.tgz'), 'more'),
  '20-final': commitAll,
  '20c-final-again-clean': commitAll,
  '20d-final-version': commitAll,
  '20e-final-version-dup': async (root) => {
    await remove('r1/f.tgz')(root);
    await commitAll(root);
  },
  '22-finalize-release': (root) => runCommand('cp', [join(root, 'r1/d.tgz'), join(root, 'd.tgz')]),
  '22c-finalize-name-version': commitAll,
  '24a-create-release-cold-cache-dev-index-present': remove('home/.bosh/cache'),
  '24c-create-release-cold-cache-no-dev-index': remove('r1/.dev_builds'),
  '24d-create-from-manifest-cold-cache-no-dev-index': remove('home/.bosh/cache', 'r1/m.tgz'),
  '31-vendor-package': addSecondRelease,
  '32-create-vendored': async (root) => {
    await write(join(root, 'r2/jobs/j/spec'), '---\nname: j\ntemplates: {}\npackages: [app]\n');
    await write(join(root, 'r2/jobs/j/monit'), '');
  },
  '33-remove-blob': remove('r1/m.tgz'),
};
