import { resolveVersion } from '@boti/release';
import { ReleaseNotFound, ReleaseVersionNotFound } from '../errors.ts';
import type { ReleaseReference } from './parse/releases.ts';
import type { ReleaseSnapshot } from './snapshot.ts';

/** The uploaded release that each reference means, `latest` resolved. */
export function resolveReleases(
  references: readonly ReleaseReference[],
  uploaded: readonly ReleaseSnapshot[],
): ReadonlyMap<string, ReleaseSnapshot> {
  return new Map(references.map((reference) => [reference.name, resolveRelease(reference, uploaded)]));
}

function resolveRelease({ name, version }: ReleaseReference, uploaded: readonly ReleaseSnapshot[]): ReleaseSnapshot {
  const candidates = uploaded.filter((release) => release.name === name);
  if (candidates.length === 0) {
    throw new ReleaseNotFound(name);
  }
  const versions = candidates.map((release) => release.version);
  const resolved = resolveVersion(version, versions);
  const release = candidates.find((candidate) => candidate.version === resolved);
  if (release === undefined) {
    throw new ReleaseVersionNotFound(name, version);
  }
  return release;
}
