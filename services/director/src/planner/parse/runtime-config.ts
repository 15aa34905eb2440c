import {
  AddonReleaseNotListedInReleases,
  RuntimeAmbiguousReleaseSpec,
  RuntimeConfigParseError,
  RuntimeInvalidReleaseVersion,
} from '../../errors.ts';
import { type AddonSpec, parseAddon } from './addon.ts';
import { parseRelease, type ReleaseReference } from './releases.ts';
import { SpecReader } from './spec-reader.ts';
import { parseTags } from './tags.ts';

export interface RuntimeConfig {
  readonly releases: readonly ReleaseReference[];
  readonly addons: readonly AddonSpec[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Several runtime configs count as one: their lists are joined, only one of them may define tags. */
export function parseRuntimeConfigs(configs: readonly unknown[]): RuntimeConfig {
  const readers = configs.map((config) => new SpecReader(config ?? {}));
  const withTags = readers.filter((reader) => reader.has('tags'));
  if (withTags.length > 1) {
    throw new RuntimeConfigParseError("Runtime config 'tags' key cannot be defined in multiple runtime configs.");
  }
  const releases = readers.flatMap((reader) => reader.readers('releases').map(parseRelease));
  const unique = uniqueReleases(releases);
  const addons = readers.flatMap((reader) => reader.readers('addons').map((addon) => parseAddon(addon, 'runtime')));
  checkAddonReleases(addons, unique);
  return { releases: unique, addons, tags: withTags[0] === undefined ? {} : parseTags(withTags[0]) };
}

/** Every job of an addon comes from a release that is listed beside it. */
export function checkAddonReleases(addons: readonly AddonSpec[], releases: readonly ReleaseReference[]): void {
  for (const addon of addons) {
    for (const job of addon.jobs) {
      if (!releases.some(({ name }) => name === job.release)) {
        throw new AddonReleaseNotListedInReleases(
          `Manifest specifies job '${job.name}' which is defined in '${job.release}', but '${job.release}' is not listed in the releases section.`,
        );
      }
    }
  }
}

function uniqueReleases(releases: readonly ReleaseReference[]): readonly ReleaseReference[] {
  const byName = new Map<string, ReleaseReference>();
  for (const release of releases) {
    if (/(^|\.)latest$/.test(release.version)) {
      throw new RuntimeInvalidReleaseVersion(
        `Runtime manifest contains the release '${release.name}' with version as '${release.version}'. Please specify the actual version string.`,
      );
    }
    const other = byName.get(release.name);
    if (other !== undefined && other.version !== release.version) {
      throw new RuntimeAmbiguousReleaseSpec(
        `Runtime manifests contain release '${release.name}' with different versions: ${other.version} and ${release.version}`,
      );
    }
    byName.set(release.name, release);
  }
  return [...byName.values()];
}
