import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, errnoOf } from '@boti/core';
import { sortVersions } from '@boti/release';

interface Wanted {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** The release manifest that `upload-release` without a tarball means: the newest of dev and final ones. */
export async function latestReleaseManifest(dir: string, { name, version }: Wanted): Promise<string> {
  const manifests = await manifestsOf(dir, name);
  const newest = version ?? sortVersions([...manifests.keys()]).at(-1);
  const path = newest === undefined ? undefined : manifests.get(newest);
  if (path !== undefined) return path;
  const which = version === undefined ? '' : ` with version ${version}`;
  throw new ExpectedError(`Expected at least one release in '${dir}'${which}`, {
    hint: "Make one with 'boti create-release', or name a tarball or URL.",
  });
}

/** Paths by version: `releases/NAME/NAME-VERSION.yml`. */
async function manifestsOf(dir: string, name: string | undefined): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const kind of ['releases', 'dev_releases'].map((folder) => join(dir, folder))) {
    for (const release of name === undefined ? await namesIn(kind) : [name]) {
      const files = (await namesIn(join(kind, release))).filter((file) => isManifestOf(release, file));
      for (const file of files) found.set(file.slice(release.length + 1, -'.yml'.length), join(kind, release, file));
    }
  }
  return found;
}

const isManifestOf = (release: string, file: string): boolean =>
  file.startsWith(`${release}-`) && file.endsWith('.yml');

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
