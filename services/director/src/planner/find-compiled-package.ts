import type { PackageRequirement, StemcellPlan } from './plan.ts';
import type { CompiledPackage, ReleasePackage } from './snapshot.ts';

interface Wanted {
  readonly package: ReleasePackage;
  readonly dependencyKey: string;
  readonly stemcell: StemcellPlan;
  readonly exportedFrom: readonly { readonly os: string; readonly version: string }[];
}

/**
 * The compiled form of a package for a stemcell: that very version's; for a package without source any of the same major
 * version, the newest first. With `exported_from` those stemcells' and no others.
 */
export function findCompiledPackage(
  wanted: Wanted,
  compiled: readonly CompiledPackage[],
): PackageRequirement['compiled'] {
  const { stemcell, exportedFrom } = wanted;
  const candidates = compiled.filter(
    (item) => item.packageId === wanted.package.id && item.dependencyKey === wanted.dependencyKey,
  );
  const sources = exportedFrom.filter(({ os }) => os === stemcell.operatingSystem);
  const versions = sources.length > 0 ? sources.map(({ version }) => version) : [stemcell.version];
  const onOs = candidates.filter(({ stemcellOs }) => stemcellOs === stemcell.operatingSystem);
  const exact = onOs.find(({ stemcellVersion }) => versions.includes(stemcellVersion));
  if (exact !== undefined || sources.length > 0 || wanted.package.blobstoreId !== null) {
    return form(exact);
  }
  const sameMajor = onOs.filter(({ stemcellVersion }) => major(stemcellVersion) === major(stemcell.version));
  return form(sameMajor.toSorted((a, b) => minor(b.stemcellVersion) - minor(a.stemcellVersion))[0]);
}

function form(found: CompiledPackage | undefined): PackageRequirement['compiled'] {
  return found === undefined ? null : { build: found.build, blobstoreId: found.blobstoreId, sha1: found.sha1 };
}

function major(version: string): string {
  return version.split('.')[0] ?? version;
}

function minor(version: string): number {
  return Number.parseInt(version.split('.')[1] ?? '0', 10) || 0;
}
