import { JobNotFound } from '../errors.ts';
import { dependencyKey } from '../planner/dependency-key.ts';
import type { PackageRequirement, StemcellPlan } from '../planner/plan.ts';
import type { ReleaseJob, ReleasePackage, ReleaseSnapshot } from '../planner/snapshot.ts';

/** The jobs of these names; all when none is named. */
export function exportedJobs(release: ReleaseSnapshot, names: readonly string[]): readonly ReleaseJob[] {
  const unknown = names.filter((name) => !release.jobs.some((job) => job.name === name));
  if (unknown.length > 0) {
    throw new JobNotFound(`Release '${release.name}/${release.version}' has no job '${unknown.join("', '")}'`);
  }
  return names.length === 0 ? release.jobs : release.jobs.filter(({ name }) => names.includes(name));
}

/** What has to be there in compiled form for these packages, each after what it depends on. */
export function exportRequirements(
  release: ReleaseSnapshot,
  packageNames: readonly string[],
  stemcell: StemcellPlan,
): readonly PackageRequirement[] {
  const byName = new Map(release.packages.map((one) => [one.name, one]));
  const requirements: PackageRequirement[] = [];
  const indexes = new Map<string, number>();
  const require = (name: string): number => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    const one = byName.get(name);
    if (one === undefined) throw new TypeError(`release '${release.name}' has no package '${name}'`);
    const dependencies = one.dependencies.map(require);
    const index = requirements.push(requirement(one, dependencies)) - 1;
    indexes.set(name, index);
    return index;
  };
  const requirement = (one: ReleasePackage, dependencies: readonly number[]): PackageRequirement => ({
    package: one,
    release: release.name,
    stemcell,
    dependencyKey: dependencyKey(one, byName),
    dependencies,
    compiled: null,
    groups: [],
  });
  for (const name of packageNames) require(name);
  return requirements;
}
