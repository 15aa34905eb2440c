import { describeDifference } from './describe-difference.ts';
import type { Change, InstancePlan } from './plan.ts';
import type { InstanceSnapshot } from './snapshot.ts';

interface WantedDisk {
  readonly sizeMib: number;
  readonly cloudProperties: Readonly<Record<string, unknown>>;
}

type WithDisks = Pick<InstancePlan, 'persistentDisk' | 'namedDisks'>;

/** Disks are paired by name; the managed one has none. */
export function diskChanges(wanted: WithDisks, existing: InstanceSnapshot): readonly Change[] {
  const after = new Map<string, WantedDisk>((wanted.namedDisks ?? []).map((disk) => [disk.name, disk]));
  if (wanted.persistentDisk !== null) {
    after.set('', wanted.persistentDisk);
  }
  const before = new Map(existing.disks.filter(({ active }) => active).map((disk) => [disk.name, disk]));
  const names = new Set([...before.keys(), ...after.keys()]);
  const reasons = [...names].flatMap((name) => {
    const what = name === '' ? 'persistent disk' : `persistent disk '${name}'`;
    const reason = difference(before.get(name), after.get(name));
    return reason === null ? [] : [`${what} ${reason}`];
  });
  return reasons.length === 0 ? [] : [{ kind: 'persistent_disk', reason: reasons.join(', '), needsNewVm: false }];
}

/** Would a disk that is there do for what is wanted? */
export function isSameDisk(there: WantedDisk, wanted: WantedDisk): boolean {
  return difference(there, wanted) === null;
}

function difference(before: WantedDisk | undefined, after: WantedDisk | undefined): string | null {
  if (after === undefined || before === undefined) {
    return after === undefined ? 'is removed' : `of ${after.sizeMib} MiB is added`;
  }
  if (after.sizeMib !== before.sizeMib) {
    const verb = after.sizeMib > before.sizeMib ? 'grows' : 'shrinks';
    return `${verb} from ${before.sizeMib} MiB to ${after.sizeMib} MiB`;
  }
  const properties = describeDifference(before.cloudProperties, after.cloudProperties);
  return properties === '' ? null : `changes: ${properties}`;
}
