import {
  JobPackageCollision,
  JobWithExportedFromMismatch,
  PackageMissingExportedFrom,
  PackageMissingSourceCode,
} from '../errors.ts';
import type { BoundJob } from './bind-jobs.ts';
import { dependencyKey } from './dependency-key.ts';
import { findCompiledPackage } from './find-compiled-package.ts';
import type { ReleaseReference } from './parse/releases.ts';
import type { PackageRequirement, StemcellPlan } from './plan.ts';
import { sameValue } from './same-value.ts';
import type { CompiledPackage, ReleasePackage, ReleaseSnapshot } from './snapshot.ts';

export interface PackageUser {
  readonly name: string;
  readonly stemcell: StemcellPlan;
  readonly jobs: readonly BoundJob[];
}

interface Sources {
  readonly releases: ReadonlyMap<string, ReleaseSnapshot>;
  readonly references: readonly ReleaseReference[];
  readonly compiled: readonly CompiledPackage[];
}

/** A requirement while they are gathered: its dependencies come before it. */
type Draft = Omit<PackageRequirement, 'groups'> & { readonly groups: Set<string> };

/** Every package form that the groups need, in an order in which they can be compiled. */
export function requirePackages(users: readonly PackageUser[], sources: Sources): readonly PackageRequirement[] {
  const gathering = new Gathering(sources);
  for (const user of users) {
    checkCollisions(user, sources.releases);
    checkExportedFrom(user, sources.references);
    for (const { job, release } of user.jobs) {
      for (const name of job.packageNames) {
        gathering.require(name, release.name, user.stemcell).draft.groups.add(user.name);
      }
    }
  }
  checkExports(gathering.drafts, sources.references);
  checkSources(gathering.drafts);
  return gathering.drafts.map((draft) => ({ ...draft, groups: [...draft.groups] }));
}

class Gathering {
  readonly drafts: Draft[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #packages = new Map<string, ReadonlyMap<string, ReleasePackage>>();
  readonly #sources: Sources;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  require(name: string, release: string, stemcell: StemcellPlan): { readonly index: number; readonly draft: Draft } {
    const byName = this.#packagesOf(release);
    const wanted = byName.get(name);
    if (wanted === undefined) {
      throw new TypeError(`release '${release}' has no package '${name}', which one of its jobs or packages needs`);
    }
    const key = `${wanted.id} ${stemcell.operatingSystem}/${stemcell.version}`;
    const known = this.#indexes.get(key);
    const present = known === undefined ? undefined : this.drafts[known];
    if (known !== undefined && present !== undefined) {
      return { index: known, draft: present };
    }
    const dependencies = wanted.dependencies.map((dependency) => this.require(dependency, release, stemcell).index);
    const draft = this.#draft(wanted, { release, stemcell, dependencies, byName });
    const index = this.drafts.push(draft) - 1;
    this.#indexes.set(key, index);
    return { index, draft };
  }

  #packagesOf(release: string): ReadonlyMap<string, ReleasePackage> {
    const known = this.#packages.get(release);
    if (known !== undefined) {
      return known;
    }
    const packages = this.#sources.releases.get(release)?.packages ?? [];
    const byName = new Map(packages.map((item) => [item.name, item]));
    this.#packages.set(release, byName);
    return byName;
  }

  #draft(
    wanted: ReleasePackage,
    of: {
      readonly release: string;
      readonly stemcell: StemcellPlan;
      readonly dependencies: readonly number[];
      readonly byName: ReadonlyMap<string, ReleasePackage>;
    },
  ): Draft {
    const key = dependencyKey(wanted, of.byName);
    const compiled = findCompiledPackage(
      {
        package: wanted,
        dependencyKey: key,
        stemcell: of.stemcell,
        exportedFrom: exportedFrom(this.#sources.references, of.release),
      },
      this.#sources.compiled,
    );
    const { id, name, version, fingerprint, blobstoreId, sha1 } = wanted;
    return {
      package: { id, name, version, fingerprint, blobstoreId, sha1 },
      release: of.release,
      stemcell: of.stemcell,
      dependencyKey: key,
      dependencies: of.dependencies,
      compiled,
      groups: new Set(),
    };
  }
}

/** A release pinned to the stemcells it was compiled for fits only groups with the same operating system. */
function checkExportedFrom({ name, stemcell, jobs }: PackageUser, references: readonly ReleaseReference[]): void {
  for (const { release } of jobs) {
    const sources = exportedFrom(references, release.name);
    if (sources.length > 0 && !sources.some(({ os }) => os === stemcell.operatingSystem)) {
      throw new JobWithExportedFromMismatch(
        `Invalid release detected in instance group '${name}' using stemcell '${stemcell.operatingSystem}/${stemcell.version}': release '${release.name}' must be exported from stemcell '${stemcell.operatingSystem}'. Release '${release.name}' is exported from: ${sources.map(({ os, version }) => `'${os}/${version}'`).join(', ')}.`,
      );
    }
  }
}

/** With `exported_from` nothing is compiled: the release must bring the compiled form. */
function checkExports(drafts: readonly Draft[], references: readonly ReleaseReference[]): void {
  const faults = drafts.filter(
    ({ compiled, release }) => compiled === null && exportedFrom(references, release).length > 0,
  );
  if (faults.length > 0) {
    const lines = faults.map(
      ({ release, package: { name, version } }) =>
        `  - Package '${name}/${version}' of release '${release}' is not compiled for any stemcell in 'exported_from'`,
    );
    throw new PackageMissingExportedFrom(`Packages cannot be provided:\n${lines.join('\n')}`, {
      hint: "Upload the release as exported for that stemcell, or leave out 'exported_from'.",
    });
  }
}

function exportedFrom(references: readonly ReleaseReference[], release: string): ReleaseReference['exportedFrom'] {
  return references.find(({ name }) => name === release)?.exportedFrom ?? [];
}

function checkSources(drafts: readonly Draft[]): void {
  const faults = drafts.filter(({ compiled, package: { blobstoreId } }) => compiled === null && blobstoreId === null);
  if (faults.length > 0) {
    const lines = faults.map(
      ({ release, stemcell, package: { name, version } }) =>
        `  - Can't use release '${release}': it references package '${name}/${version}' without source code, and no compiled form fits stemcell '${stemcell.operatingSystem}/${stemcell.version}'`,
    );
    throw new PackageMissingSourceCode(`Packages cannot be provided:\n${lines.join('\n')}`, {
      hint: 'Upload the release as source, or compiled for this stemcell.',
    });
  }
}

/** A VM has one folder per package name: two releases may only share a name when they mean the same. */
function checkCollisions({ name: group, jobs }: PackageUser, releases: ReadonlyMap<string, ReleaseSnapshot>): void {
  const seen = new Map<string, { readonly job: BoundJob; readonly is: ReleasePackage | undefined }>();
  for (const job of jobs) {
    for (const name of job.job.packageNames) {
      const is = releases.get(job.release.name)?.packages.find((item) => item.name === name);
      const other = seen.get(name);
      if (other !== undefined && other.job.release.name !== job.release.name && !isSamePackage(other.is, is)) {
        throw new JobPackageCollision(
          `Package name collision detected in instance group '${group}': job '${other.job.release.name}/${other.job.name}' depends on package '${other.job.release.name}/${name}', job '${job.release.name}/${job.name}' depends on package '${job.release.name}/${name}'. BOSH cannot currently collocate two packages with identical names from separate releases.`,
        );
      }
      seen.set(name, { job, is });
    }
  }
}

function isSamePackage(one: ReleasePackage | undefined, other: ReleasePackage | undefined): boolean {
  return (
    one?.fingerprint === other?.fingerprint && sameValue(one?.dependencies.toSorted(), other?.dependencies.toSorted())
  );
}
