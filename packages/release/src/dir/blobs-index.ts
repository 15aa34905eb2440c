import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { innerPath } from '@boti/archive';
import { compareBytes, ExpectedError, KeyedLock, readIfThere, writeFileAtomic } from '@boti/core';
import { dumpYaml } from '@boti/manifest';
import { z } from 'zod';
import { type CheckedFile, readChecked } from '../formats/read-checked.ts';

export interface Blob {
  /** Under blobs/. */
  readonly path: string;
  readonly size: number;
  /** Undefined until it is uploaded. */
  readonly objectId: string | undefined;
  readonly sha: string;
}

const schema = z.record(
  z.string(),
  z.object({
    size: z.number(),
    object_id: z.string().nullish(),
    sha: z.union([z.string(), z.number()]).transform(String),
  }),
);

const blobsFile: CheckedFile<typeof schema> = {
  what: 'Blobs index',
  schema,
  shape: { values: { keys: { size: 'anything', object_id: 'anything', sha: 'anything' } } },
};

/** What config/blobs.yml lists, in order of paths. */
export async function listBlobs(dir: string): Promise<readonly Blob[]> {
  return (await readBlobs(dir)).blobs;
}

/** As listBlobs, with a warning for each unknown key. */
export async function readBlobs(
  dir: string,
): Promise<{ readonly blobs: readonly Blob[]; readonly warnings: readonly string[] }> {
  const file = indexPath(dir);
  const text = (await readIfThere(file)) ?? '';
  const { data, warnings } = readChecked(text, file, blobsFile);
  const blobs = Object.entries(data).map(
    ([path, { size, object_id: objectId, sha }]): Blob => ({ path, size, objectId: objectId || undefined, sha }),
  );
  const outside = blobs.find(({ path }) => innerPath(path) !== path);
  if (outside !== undefined)
    throw new ExpectedError(`Blobs index '${file}' has a path outside blobs/: '${outside.path}'`);
  return { blobs: blobs.sort((a, b) => compareBytes(a.path, b.path)), warnings };
}

const writing = new KeyedLock();

/** Reads config/blobs.yml, changes it and writes it whole; one change of this process after the other. */
export async function changeBlobs(
  dir: string,
  change: (blobs: readonly Blob[]) => readonly Blob[],
): Promise<readonly Blob[]> {
  return await writing.run(dir, async () => {
    const before = await listBlobs(dir);
    const after = change(before);
    if (after !== before) await writeBlobs(dir, after);
    return after;
  });
}

async function writeBlobs(dir: string, blobs: readonly Blob[]): Promise<void> {
  const sorted = blobs.toSorted((a, b) => compareBytes(a.path, b.path));
  const entries = sorted.map(({ path, size, objectId, sha }): [string, object] => [
    path,
    { size, object_id: objectId, sha },
  ]);
  const text = entries.length === 0 ? '--- {}\n' : dumpYaml(new Map(entries), { sortKeys: false });
  await mkdir(join(dir, 'config'), { recursive: true });
  await writeFileAtomic(indexPath(dir), text);
}

function indexPath(dir: string): string {
  return join(dir, 'config/blobs.yml');
}
