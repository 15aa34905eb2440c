import { digestOf } from '@boti/core';
import { StemcellImageMissing } from './errors.ts';
import { readStemcellManifest } from './read-stemcell.ts';
import type { StemcellManifest } from './stemcell-manifest.ts';
import { formatStemcellManifest } from './stemcell-manifest.ts';
import { imageName, manifestName, readStemcellMembers } from './stemcell-members.ts';
import { writeTarball } from './write-stemcell.ts';

export interface RepackOptions {
  readonly source: string;
  readonly dest: string;
  readonly name?: string;
  readonly version?: string;
  /** Merged over the stemcell's own, key by key at the top level. */
  readonly cloudProperties?: Readonly<Record<string, unknown>>;
  /** Makes a light stemcell: the image becomes an empty file. */
  readonly emptyImage?: boolean;
  /** Replace the stemcell's own. */
  readonly formats?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Writes a changed copy of a stemcell tarball; the image is streamed through, never unpacked. */
export async function repackStemcell(options: RepackOptions): Promise<StemcellManifest> {
  const { source, dest, signal } = options;
  const reading = { unquotedVersion: true, ...(signal === undefined ? {} : { signal }) };
  const manifest = changed(await readStemcellManifest(source, reading), options);
  await writeTarball(dest, reading, async (tarball) => {
    await tarball.addText(manifestName, formatStemcellManifest(manifest));
    let hasImage = false;
    await readStemcellMembers(source, signal, async ({ name, size, content }) => {
      hasImage ||= name === imageName;
      if (name === manifestName) return;
      if (name === imageName && options.emptyImage === true) await tarball.addText(name, '');
      else await tarball.addStream(name, size, content);
    });
    if (!hasImage) throw new StemcellImageMissing(source);
  });
  return manifest;
}

function changed(manifest: StemcellManifest, options: RepackOptions): StemcellManifest {
  return {
    ...manifest,
    name: options.name ?? manifest.name,
    version: options.version ?? manifest.version,
    sha1: options.emptyImage === true ? digestOf('', 'sha1') : manifest.sha1,
    formats: options.formats ?? manifest.formats,
    cloudProperties: { ...manifest.cloudProperties, ...options.cloudProperties },
  };
}
