import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compareBytes, readIfThere, writeFileAtomic } from '@boti/core';
import { dumpYaml } from '@boti/manifest';
import { z } from 'zod';
import { readChecked } from '../formats/read-checked.ts';
import { writeRenamed } from './write-renamed.ts';

/** Where a built archive is known: in .dev_builds or .final_builds, by fingerprint. */
export interface BuildEntry {
  readonly version: string;
  /** In final indexes only. */
  readonly blobstoreId?: string;
  readonly sha1: string;
}

export interface BuildIndex {
  find(fingerprint: string): Promise<BuildEntry | undefined>;
  add(fingerprint: string, entry: BuildEntry): Promise<void>;
}

const buildsSchema = z.object({
  builds: z
    .record(z.string(), z.object({ version: z.string(), blobstore_id: z.string().nullish(), sha1: z.string() }))
    .nullish()
    .transform((builds) => builds ?? {}),
});

/**
 * The index of one job, package or the licence: `DIR/{jobs,packages}/NAME/index.yml` or `DIR/license/index.yml`. One that
 * is lasting is forced to the disk at each change; what the other says can be built again.
 */
export function buildIndex(folder: string, options: { readonly isLasting: boolean }): BuildIndex {
  const path = join(folder, 'index.yml');
  const load = async () => (await readIndex(path, buildsSchema))?.builds ?? {};
  return {
    async find(fingerprint) {
      const build = (await load())[fingerprint];
      if (build === undefined) return undefined;
      const { version, blobstore_id: blobstoreId, sha1 } = build;
      return blobstoreId == null ? { version, sha1 } : { version, blobstoreId, sha1 };
    },
    async add(fingerprint, { version, blobstoreId, sha1 }) {
      const builds = { ...(await load()), [fingerprint]: { version, blobstore_id: blobstoreId, sha1 } };
      await writeIndex(path, builds, options);
    },
  };
}

/** The index of the versions of a release: `{releases,dev_releases}/NAME/index.yml`. */
export interface ReleaseIndex {
  versions(): Promise<readonly string[]>;
  add(uuid: string, version: string): Promise<void>;
}

const releasesSchema = z.object({
  builds: z
    .record(z.string(), z.object({ version: z.string() }))
    .nullish()
    .transform((builds) => builds ?? {}),
});

export function releaseIndex(folder: string): ReleaseIndex {
  const path = join(folder, 'index.yml');
  const load = async () => (await readIndex(path, releasesSchema))?.builds ?? {};
  return {
    async versions() {
      return Object.values(await load()).map(({ version }) => version);
    },
    async add(uuid, version) {
      await writeIndex(path, { ...(await load()), [uuid]: { version } }, { isLasting: true });
    },
  };
}

async function readIndex<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T> | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const hint = 'Restore it from git, or delete it if it lies under .dev_builds or dev_releases.';
  const kind = { what: 'Index', schema, shape: 'anything', hint, options: { numbersAsText: true } } as const;
  return readChecked(text, path, kind).data;
}

async function writeIndex(
  path: string,
  builds: Readonly<Record<string, object>>,
  { isLasting }: { readonly isLasting: boolean },
): Promise<void> {
  const sorted = Object.entries(builds).sort(([a], [b]) => compareBytes(a, b));
  await mkdir(dirname(path), { recursive: true });
  const text = dumpYaml({ builds: new Map(sorted), 'format-version': '2' }, { sortKeys: false });
  if (isLasting) await writeFileAtomic(path, text);
  else writeRenamed(path, text);
}
