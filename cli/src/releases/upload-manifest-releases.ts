import { join } from 'node:path';
import { openTempDir } from '@boti/core';
import { dumpYaml, loadYaml, parseYaml } from '@boti/manifest';
import { createRelease } from '@boti/release';
import { z } from 'zod';
import { localPath } from '../session/location.ts';
import { type Uploader, uploadRelease } from './upload-release.ts';

const releaseEntrySchema = z.object({
  name: z.string(),
  version: z.coerce.string(),
  url: z.string().optional(),
  sha1: z.string().optional(),
  stemcell: z.object({ os: z.string(), version: z.coerce.string() }).optional(),
});
type ReleaseEntry = z.infer<typeof releaseEntrySchema>;

const manifestSchema = z.object({ releases: z.array(z.looseObject({})).nullish() });

/**
 * Uploads the releases that the manifest gives a URL. One with `version: create` is built from the directory that the
 * URL names; its entry in the returned manifest has the version it got. Without such a one the text stays as it is.
 */
export async function uploadManifestReleases(
  context: Uploader,
  manifest: string,
  { fix }: { readonly fix: boolean },
): Promise<string> {
  const document = parseYaml(manifest);
  if (!(document.value instanceof Map)) return manifest;
  const { releases } = manifestSchema.parse(loadYaml(manifest));
  const created = new Map<number, string>();
  for (const [index, raw] of (releases ?? []).entries()) {
    const parsed = releaseEntrySchema.safeParse(raw);
    if (!parsed.success || !parsed.data.url) continue;
    const version = await uploadEntry(context, parsed.data, fix);
    if (version !== undefined) created.set(index, version);
  }
  return created.size === 0 ? manifest : withVersions(document.value, created);
}

/** Returns the version when it was made here. */
async function uploadEntry(context: Uploader, entry: ReleaseEntry, fix: boolean): Promise<string | undefined> {
  const { name, version, url = '', sha1, stemcell } = entry;
  if (version !== 'create') {
    const compiledFor = stemcell === undefined ? undefined : `${stemcell.os}/${stemcell.version}`;
    await uploadRelease(context, url, { name, version, fix, sha1, stemcell: compiledFor });
    return undefined;
  }
  await using work = await openTempDir('boti-release-');
  const tarball = join(work.path, 'release.tgz');
  const created = await createRelease({
    dir: localPath(url),
    name,
    timestampVersion: true,
    force: true,
    tarball,
    signal: context.signal,
    onProgress: (text) => context.ui.line(text),
  });
  await uploadRelease(context, tarball, { fix });
  return created.manifest.version;
}

type Document = ReturnType<typeof parseYaml>['value'];

function withVersions(manifest: Document, versions: ReadonlyMap<number, string>): string {
  if (!(manifest instanceof Map)) return dumpYaml(manifest);
  const releases = manifest.get('releases');
  if (!Array.isArray(releases)) return dumpYaml(manifest);
  const patched = releases.map((entry: Document, index) => {
    const version = versions.get(index);
    if (version === undefined || !(entry instanceof Map)) return entry;
    return new Map(
      [...entry].filter(([key]) => key !== 'url').map(([key, value]) => [key, key === 'version' ? version : value]),
    );
  });
  return dumpYaml(new Map([...manifest, ['releases', patched]]));
}
