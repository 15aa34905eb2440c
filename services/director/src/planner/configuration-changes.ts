import { change, inOrder, isDetachedForGood } from './changes.ts';
import { describeChangedKeys } from './describe-difference.ts';
import type { Change, InstancePlan } from './plan.ts';
import type { PackageSpec, StoredSpec } from './snapshot.ts';

export interface RenderedConfiguration {
  readonly configurationHash: string;
  /** Job → hash of its rendered templates. */
  readonly templateHashes: Readonly<Record<string, string>>;
  /** Left out where nothing is compiled yet: a dry run. */
  readonly packages?: Readonly<Record<string, PackageSpec>>;
}

/** The instance's changes together with those that show only once templates are rendered and packages compiled. */
export function configurationChanges(instance: InstancePlan, rendered: RenderedConfiguration): readonly Change[] {
  const { existing, changes } = instance;
  const spec = existing?.spec ?? null;
  if (spec === null || existing?.ignore === true || isDetachedForGood(instance)) {
    return changes;
  }
  return inOrder([...changes, ...packageChanges(spec, rendered), ...templateChanges(spec, rendered)]);
}

function packageChanges(spec: StoredSpec, { packages }: RenderedConfiguration): readonly Change[] {
  const names = packages === undefined ? '' : describeChangedKeys(spec.packages, packages);
  return names === '' ? [] : [change('packages', `packages change: ${names}`)];
}

function templateChanges(spec: StoredSpec, rendered: RenderedConfiguration): readonly Change[] {
  if (spec.configurationHash === rendered.configurationHash) {
    return [];
  }
  const jobs = describeChangedKeys(spec.templateHashes, rendered.templateHashes);
  return [change('configuration', jobs === '' ? 'its configuration changes' : `templates change of jobs: ${jobs}`)];
}
