import { DeploymentIgnoredInstancesModification, DeploymentInvalidMigratedFromJob } from '../errors.ts';
import { numberInstances } from './number-instances.ts';
import type { InstanceGroupSpec } from './parse/instance-group.ts';
import { placeInstances } from './place-instances.ts';
import { placeStaticInstances } from './place-static-instances.ts';
import type { InstanceSnapshot } from './snapshot.ts';

/** An instance as placement sees it; its AZ may come from `migrated_from`. */
interface Candidate {
  readonly uuid: string;
  readonly index: number;
  readonly az: string | null;
  readonly bootstrap: boolean;
  readonly ignore: boolean;
  readonly hasPersistentDisk: boolean;
  readonly addresses: InstanceSnapshot['addresses'];
  readonly snapshot: InstanceSnapshot;
}

export interface Member {
  readonly uuid: string;
  readonly index: number;
  readonly az: string | null;
  readonly bootstrap: boolean;
  readonly existing: InstanceSnapshot | null;
  readonly staticIps: ReadonlyMap<string, string>;
}

export interface GroupMembers {
  readonly wanted: readonly Member[];
  readonly obsolete: readonly InstanceSnapshot[];
}

interface Chance {
  readonly newUuid: () => string;
  /** Null: the AZ with the lowest name wins a draw. */
  readonly random: (() => number) | null;
}

/** Who belongs to the group after the deploy: which instances stay, which come, which go. */
export function groupMembers(
  group: InstanceGroupSpec,
  instances: readonly InstanceSnapshot[],
  { newUuid, random }: Chance,
): GroupMembers {
  const candidates = instances.flatMap((instance) => candidate(group, instance) ?? []);
  const placement = place(group, candidates, random);
  const own = candidates.filter(({ snapshot }) => snapshot.group === group.name);
  checkIgnored(group, candidates, placement.wanted);
  return {
    wanted: numberInstances(placement.wanted, own).map((place) => ({
      uuid: place.existing?.uuid ?? newUuid(),
      index: place.index,
      az: place.az,
      bootstrap: place.bootstrap,
      existing: place.existing?.snapshot ?? null,
      staticIps: place.staticIps,
    })),
    obsolete: placement.obsolete.map(({ snapshot }) => snapshot),
  };
}

interface Place {
  readonly az: string | null;
  readonly existing: Candidate | null;
  readonly staticIps: ReadonlyMap<string, string>;
}

function place(
  group: InstanceGroupSpec,
  existing: readonly Candidate[],
  random: Chance['random'],
): { readonly wanted: readonly Place[]; readonly obsolete: readonly Candidate[] } {
  const { name, instances: count, azs, networks } = group;
  if (networks.some(({ staticIps }) => staticIps !== null)) {
    return placeStaticInstances({ group: name, count, azs, networks, existing });
  }
  const pick = random === null ? {} : { pickAz: randomPick(random) };
  const placement = placeInstances({ count, azs, existing, ...pick });
  return { ...placement, wanted: placement.wanted.map((wanted) => ({ ...wanted, staticIps: new Map() })) };
}

function randomPick(random: () => number) {
  return (azs: readonly (string | null)[]) => azs[Math.floor(random() * azs.length)] ?? null;
}

/** The instance as a member of this group, or nothing when it belongs elsewhere. */
function candidate(group: InstanceGroupSpec, snapshot: InstanceSnapshot): Candidate | null {
  const source = group.migratedFrom.find(({ name }) => name === snapshot.group);
  if (source === undefined && snapshot.group !== group.name) {
    return null;
  }
  const az = snapshot.az ?? source?.az ?? null;
  if (source !== undefined && az === null && group.azs !== null) {
    throw new DeploymentInvalidMigratedFromJob(
      `Failed to migrate instance group '${source.name}' to '${group.name}', availability zone of '${source.name}' is not specified`,
    );
  }
  const { uuid, index, bootstrap, ignore, addresses } = snapshot;
  const hasPersistentDisk = snapshot.disks.some(({ active }) => active);
  return { uuid, index, az, bootstrap, ignore, addresses, hasPersistentDisk, snapshot };
}

/** An ignored instance is neither deleted nor moved, nor are its addresses changed. */
function checkIgnored(group: InstanceGroupSpec, candidates: readonly Candidate[], wanted: readonly Place[]): void {
  const ignored = candidates.filter(({ ignore }) => ignore);
  if (ignored.length > group.instances) {
    throw new DeploymentIgnoredInstancesModification(
      `Instance group '${group.name}' has ${ignored.length} ignored instance(s). ${group.instances} instance(s) of that instance group were requested. Deleting ignored instances is not allowed.`,
    );
  }
  for (const { uuid, az, addresses } of ignored) {
    const place = wanted.find(({ existing }) => existing?.uuid === uuid);
    if (place === undefined || (group.azs !== null && !group.azs.includes(az ?? ''))) {
      throw new DeploymentIgnoredInstancesModification(
        `Instance group '${group.name}' no longer contains AZs ["${az}"] where ignored instance '${uuid}' exists.`,
      );
    }
    const lost = [...place.staticIps.values()].filter((ip) => !addresses.some(({ address }) => address === ip));
    if (lost.length > 0) {
      throw new DeploymentIgnoredInstancesModification(
        `In instance group '${group.name}', an attempt was made to change a static ip that is used by an ignored instance. This operation is not allowed.`,
      );
    }
  }
}
