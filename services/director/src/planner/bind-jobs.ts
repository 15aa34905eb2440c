import { deepMerge } from '@boti/core';
import { InstanceGroupUnknownRelease, ReleaseMissingJob } from '../errors.ts';
import { didYouMean } from './did-you-mean.ts';
import type { GroupJobSpec } from './parse/group-jobs.ts';
import type { InstanceGroupSpec } from './parse/instance-group.ts';
import type { JobPlan } from './plan.ts';
import type { ReleaseSnapshot } from './snapshot.ts';

type Properties = Readonly<Record<string, unknown>>;

/** A job that a group runs: what the manifest says of it, and its form in the release. Links come later. */
export interface BoundJob extends Omit<JobPlan, 'links'> {
  readonly asked: GroupJobSpec;
}

export function bindJobs(
  group: InstanceGroupSpec,
  releases: ReadonlyMap<string, ReleaseSnapshot>,
  globalProperties: Properties,
): readonly BoundJob[] {
  return group.jobs.map((asked) => {
    const release = releases.get(asked.release);
    if (release === undefined) {
      throw new InstanceGroupUnknownRelease(
        `Instance group '${group.name}' references an unknown release '${asked.release}'`,
        didYouMean(asked.release, releases.keys()),
      );
    }
    const job = release.jobs.find(({ name }) => name === asked.name);
    if (job === undefined) {
      throw new ReleaseMissingJob(
        `Job '${asked.name}' not found in Release '${release.name}/${release.version}', which instance group '${group.name}' takes it from`,
        didYouMean(
          asked.name,
          release.jobs.map(({ name }) => name),
        ),
      );
    }
    return {
      name: asked.name,
      release: { name: release.name, version: release.version },
      job,
      // A job with properties of its own sees nothing else.
      properties: asked.properties ?? deepMerge(globalProperties, group.properties),
      asked,
    };
  });
}
