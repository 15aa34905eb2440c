import { ExpectedError } from '@boti/core';
import { dumpYaml, loadYaml } from '@boti/manifest';
import { z } from 'zod';

const text = z.string();
const names = z
  .array(text)
  .nullish()
  .transform((list) => list ?? []);

/** Becomes part of paths. */
const name = text.refine(
  (value) => !/[/\p{Cc}]|^\.{0,2}$/u.test(value),
  'cannot be a name: it would lead elsewhere as a path',
);

const jobEntry = z.object({
  name,
  version: text,
  fingerprint: text.optional(),
  sha1: text,
  packages: z.array(text).nullish(),
});
const packageEntry = z.object({
  name,
  version: text,
  fingerprint: text.optional(),
  sha1: text,
  dependencies: names,
});
const compiledPackageEntry = packageEntry.extend({ stemcell: text });
const licenseEntry = z.object({ version: text, fingerprint: text, sha1: text });

/** release.MF, and the files in releases/ and dev_releases/. `version` of jobs and packages is their fingerprint. */
export const releaseManifestSchema = z.object({
  name,
  version: name,
  commit_hash: text.nullish().transform((hash) => hash ?? ''),
  uncommitted_changes: z
    .boolean()
    .nullish()
    .transform((changes) => changes ?? false),
  jobs: z
    .array(jobEntry)
    .nullish()
    .transform((list) => list ?? []),
  packages: z.array(packageEntry).nullish(),
  /** Its presence makes a compiled release. */
  compiled_packages: z.array(compiledPackageEntry).nullish(),
  license: licenseEntry.nullish(),
  no_compression: z.union([z.boolean(), z.array(text)]).nullish(),
});

export type ReleaseManifest = z.output<typeof releaseManifestSchema>;
export type ReleaseJobEntry = ReleaseManifest['jobs'][number];
export type ReleasePackageEntry = z.output<typeof packageEntry>;
export type ReleaseCompiledPackageEntry = z.output<typeof compiledPackageEntry>;
export type ReleaseLicenseEntry = z.output<typeof licenseEntry>;

export class ReleaseManifestInvalid extends ExpectedError {}

export function parseReleaseManifest(yaml: string, file: string): ReleaseManifest {
  const result = releaseManifestSchema.safeParse(loadYaml(yaml, { file, numbersAsText: true }));
  if (result.success) return result.data;
  throw new ReleaseManifestInvalid(`Release manifest '${file}' is not valid:\n${problems(result.error)}`, {
    hint: 'A release needs name, version, jobs and packages as `create-release` writes them.',
  });
}

/** In upstream's order of keys. */
export function formatReleaseManifest(manifest: ReleaseManifest): string {
  const { name, version, commit_hash, uncommitted_changes, jobs, packages, compiled_packages, license } = manifest;
  const ordered = {
    name,
    version,
    commit_hash,
    uncommitted_changes,
    jobs: jobs.length === 0 ? undefined : jobs.map(orderedJob),
    packages: nonEmpty(packages)?.map(orderedPackage),
    compiled_packages: nonEmpty(compiled_packages)?.map(orderedPackage),
    license: license ?? undefined,
    no_compression: manifest.no_compression ?? undefined,
  };
  return dumpYaml(ordered, { sortKeys: false });
}

function nonEmpty<T>(list: readonly T[] | null | undefined): readonly T[] | undefined {
  return list === null || list === undefined || list.length === 0 ? undefined : list;
}

function orderedJob({ name, version, fingerprint, sha1, packages }: ReleaseJobEntry): object {
  return { name, version, fingerprint, sha1, packages: packages ?? undefined };
}

function orderedPackage(entry: ReleasePackageEntry & { readonly stemcell?: string }): object {
  const { name, version, fingerprint, sha1, stemcell, dependencies } = entry;
  return { name, version, fingerprint, sha1, stemcell, dependencies };
}

export function problems(error: z.ZodError): string {
  return error.issues.map((issue) => `- ${issue.path.join('.') || '(top)'}: ${issue.message}`).join('\n');
}
