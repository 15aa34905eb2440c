import { ExpectedError } from '@boti/core';
import { type ExtractedStemcell, extractStemcell, readStemcellManifest, type StemcellManifest } from '@boti/stemcell';
import type { ResourcePool } from '../manifest/environment-manifest.ts';
import type { Stage } from '../stage.ts';
import { within } from '../within.ts';
import { type ArtifactOptions, fetchArtifact, verifyArtifact } from './fetch-artifact.ts';

/** The stemcell of the manifest; its image is unpacked only when the cloud lacks it. */
export interface OpenStemcell {
  readonly manifest: StemcellManifest;
  extract(dir: string): Promise<ExtractedStemcell>;
}

export async function openStemcell(pool: ResourcePool, options: ArtifactOptions, stage: Stage): Promise<OpenStemcell> {
  const artifact = { what: 'stemcell', url: pool.stemcell.url, sha1: pool.stemcell.sha1 };
  const path = await fetchArtifact(artifact, options, stage);
  const { signal } = options;
  const manifest = await stage.step('Validating stemcell', () =>
    within(`Reading stemcell '${path}'`, signal, () => readStemcellManifest(path, { signal, unquotedVersion: true })),
  );
  return {
    manifest,
    extract: (dir) =>
      within(`Extracting stemcell '${path}'`, signal, async () => {
        await verifyArtifact(artifact, path);
        return await extractStemcell(path, dir, { signal, unquotedVersion: true });
      }),
  };
}

/** Throws unless the CPI takes one of the stemcell's formats. What either leaves open is taken to fit. */
export function checkFormats(
  { name, version, formats }: StemcellManifest,
  accepted: readonly string[] | undefined,
): void {
  if (formats === undefined || accepted === undefined || accepted.length === 0) return;
  if (formats.some((format) => accepted.includes(format))) return;
  throw new ExpectedError(
    `The CPI does not accept stemcell '${name}/${version}': it has the formats ${formats.join(', ')}`,
    { hint: `Take a stemcell in one of the CPI's formats: ${accepted.join(', ')}.` },
  );
}
