import { InstanceNotFound, JobInstanceIgnored, JobNotFound } from '../errors.ts';
import { didYouMean } from './did-you-mean.ts';
import type { GroupState, InstanceGroupSpec } from './parse/instance-group.ts';
import type { DeployOptions } from './plan.ts';
import type { DesiredState, InstanceSnapshot } from './snapshot.ts';

export interface Desired {
  readonly state: DesiredState;
  readonly restart: boolean;
  readonly recreate: boolean;
}

type StateOverride = DeployOptions['states'][number];

interface Member {
  readonly uuid: string;
  readonly index: number;
  readonly existing: InstanceSnapshot | null;
}

/** The state an instance shall have: as asked for now, else as it was asked for before. */
export function desiredState(
  group: Pick<InstanceGroupSpec, 'name' | 'state' | 'instanceStates'>,
  member: Member,
  overrides: readonly StateOverride[],
): Desired {
  const asked =
    overrides.findLast((override) => isMeant(override, group.name, member))?.state ?? fromManifest(group, member);
  const previous = member.existing?.state ?? 'started';
  const desired = toDesired(asked, previous);
  if (
    member.existing?.ignore === true &&
    asked !== null &&
    (desired.state !== previous || desired.restart || desired.recreate)
  ) {
    throw new JobInstanceIgnored(
      `You are trying to change the state of the ignored instance '${group.name}/${member.uuid}'. This operation is not allowed. You need to unignore it first.`,
    );
  }
  return member.existing?.ignore === true ? { ...desired, state: previous } : desired;
}

/** Every override must mean something that is there. */
export function checkOverrides(
  overrides: readonly StateOverride[],
  members: readonly (Member & { readonly group: string })[],
): void {
  for (const override of overrides) {
    const inGroup = members.filter((member) => override.group === '*' || member.group === override.group);
    if (inGroup.length === 0 && override.group !== '*') {
      const names = members.map((member) => member.group);
      throw new JobNotFound(
        `Instance group '${override.group}' doesn't exist`,
        didYouMean(override.group, new Set(names)),
      );
    }
    if (override.instance !== null && !inGroup.some((member) => isMeant(override, member.group, member))) {
      throw new InstanceNotFound(`Instance '${override.group}/${override.instance}' doesn't exist`);
    }
  }
}

function isMeant(override: StateOverride, group: string, { uuid, index }: Member): boolean {
  const isGroup = override.group === '*' || override.group === group;
  return isGroup && (override.instance === null || override.instance === uuid || override.instance === String(index));
}

function fromManifest(
  group: Pick<InstanceGroupSpec, 'state' | 'instanceStates'>,
  { index }: Member,
): GroupState | null {
  return group.instanceStates[String(index)] ?? group.state;
}

function toDesired(asked: GroupState | null, previous: DesiredState): Desired {
  switch (asked) {
    case null:
      return { state: previous, restart: false, recreate: false };
    case 'restart':
      return { state: 'started', restart: true, recreate: false };
    case 'recreate':
      return { state: 'started', restart: false, recreate: true };
    default:
      return { state: asked, restart: false, recreate: false };
  }
}
