import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { innerPath } from '@boti/archive';
import { ExpectedError, isThere } from '@boti/core';

/** Makes jobs/NAME with an empty spec, monit and templates/. Answers its path. */
export async function generateJob(dir: string, name: string): Promise<string> {
  const path = await newFolder('Job', join(dir, 'jobs'), name);
  await mkdir(join(path, 'templates'));
  await writeFile(join(path, 'monit'), '');
  await writeFile(join(path, 'spec'), `---\nname: ${name}\n\ntemplates: {}\n\npackages: []\n\nproperties: {}\n`);
  return path;
}

/** Makes packages/NAME with an empty spec and a packaging script. Answers its path. */
export async function generatePackage(dir: string, name: string): Promise<string> {
  const path = await newFolder('Package', join(dir, 'packages'), name);
  await writeFile(join(path, 'packaging'), 'set -e\n');
  await writeFile(join(path, 'spec'), `---\nname: ${name}\n\ndependencies: []\n\nfiles: []\n`);
  return path;
}

async function newFolder(kind: 'Job' | 'Package', parent: string, name: string): Promise<string> {
  if (name === '' || innerPath(name) !== name) {
    throw new ExpectedError(`${kind} name '${name}' cannot be used: it is no path below '${parent}'`);
  }
  const path = join(parent, name);
  if (await isThere(path)) throw new ExpectedError(`${kind} '${name}' at '${path}' already exists`);
  await mkdir(path, { recursive: true });
  return path;
}
