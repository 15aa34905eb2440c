import type { ParsedDeployment } from './parse-deployment.ts';
import type { PlanRequest } from './plan-request.ts';

/** What the operator should know although the deploy goes on. */
export function planWarnings({ spec }: ParsedDeployment, { snapshot, options, now }: PlanRequest): readonly string[] {
  const ignored = snapshot.instances.filter(({ ignore }) => ignore);
  const threshold = options.recreateVmsCreatedBefore;
  return [
    ...spec.warnings,
    ...(threshold !== null && now !== undefined && threshold > now
      ? [`VMs created before ${threshold.toISOString()} are to be recreated: that time is yet to come, so all are`]
      : []),
    ...(ignored.length === 0
      ? []
      : [
          'You have ignored instances. They will not be changed: ' +
            ignored.map(({ group, uuid }) => `${group}/${uuid}`).join(', '),
        ]),
  ];
}
