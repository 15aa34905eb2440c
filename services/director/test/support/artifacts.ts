import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRelease } from '@boti/release';
import { writeStemcell } from '@boti/stemcell';

const releaseFiles: Readonly<Record<string, string>> = {
  'config/final.yml': 'name: golden\n',
  'config/blobs.yml': '--- {}\n',
  'jobs/server/spec': '---\nname: server\ntemplates: {run.erb: bin/run}\npackages: [app]\nproperties: {}\n',
  'jobs/server/monit': '',
  'jobs/server/templates/run.erb': '#!/bin/sh\n',
  'packages/app/spec': '---\nname: app\ndependencies: []\nfiles: []\n',
  'packages/app/packaging': 'echo app\n',
};

/** A release `golden/1` with one job and one package; answers its tarball. */
export async function aRelease(directory: string): Promise<string> {
  const dir = join(directory, 'release');
  for (const [path, text] of Object.entries(releaseFiles)) {
    await mkdir(join(dir, dirname(path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const tarball = join(directory, 'golden.tgz');
  await createRelease({ dir, force: true, version: '1', tarball, cacheDir: join(directory, 'release-cache') });
  return tarball;
}

/** A stemcell `ubuntu-stemcell/1`; answers its tarball. */
export async function aStemcell(directory: string): Promise<string> {
  const image = join(directory, 'image');
  await writeFile(image, 'an image');
  const path = join(directory, 'stemcell.tgz');
  await writeStemcell(path, {
    manifest: {
      name: 'ubuntu-stemcell',
      version: '1',
      operatingSystem: 'toronto-os',
      apiVersion: 3,
      formats: undefined,
      cloudProperties: {},
      boshProtocol: '1',
    },
    image: { path: image },
  });
  return path;
}
