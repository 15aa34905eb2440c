import type { ParsedDeployment } from './parse-deployment.ts';
import type { PlanRequest } from './plan-request.ts';

/** What the operator should know although the deploy goes on. */
export function planWarnings({ spec }: ParsedDeployment, { snapshot }: PlanRequest): readonly string[] {
  const ignored = snapshot.instances.filter(({ ignore }) => ignore);
  return [
    ...spec.warnings,
    ...(ignored.length === 0
      ? []
      : [
          'You have ignored instances. They will not be changed: ' +
            ignored.map(({ group, uuid }) => `${group}/${uuid}`).join(', '),
        ]),
  ];
}
