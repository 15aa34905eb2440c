import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '@boti/core';
import { extractStemcell, readStemcellManifest } from '@boti/stemcell';

/** What create_stemcell gets. */
export interface Image {
  readonly path: string;
  /** As the stemcell's own manifest gives them; empty for a bare image. */
  readonly cloudProperties: Readonly<Record<string, unknown>>;
}

/** The image in a stemcell tarball, a given image, or one without meaning. Made when it is first asked for. */
export function openImage(path: string | undefined, workDir: string, signal: AbortSignal): () => Promise<Image> {
  let image: Promise<Image> | undefined;
  return () => {
    image ??= prepare(path, join(workDir, 'stemcell'), signal);
    return image;
  };
}

async function prepare(given: string | undefined, folder: string, signal: AbortSignal): Promise<Image> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'image');
  if (given === undefined) {
    await writeFile(path, randomBytes(64 * 1024));
    return { path, cloudProperties: {} };
  }
  if (!(await isThere(given))) throw new ExpectedError(`The stemcell ${given} cannot be read`);
  const cloudProperties = await propertiesOf(given, signal);
  // A copy: a CPI that changes its image does no harm.
  if (cloudProperties === undefined) await copyFile(given, path);
  else await extractStemcell(given, folder, { signal });
  return { path, cloudProperties: cloudProperties ?? {} };
}

async function isThere(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  await file?.close();
  return file !== undefined;
}

/** Undefined for what is no stemcell tarball: images are often gzipped tars too, but have no stemcell.MF. */
async function propertiesOf(path: string, signal: AbortSignal): Promise<Image['cloudProperties'] | undefined> {
  try {
    return (await readStemcellManifest(path, { signal })).cloudProperties as Image['cloudProperties'];
  } catch {
    return undefined;
  }
}
