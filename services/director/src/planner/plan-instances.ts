import { StemcellNotFound } from '../errors.ts';
import { plannedChanges, type WantedInstance } from './changes.ts';
import { checkIgnoredNetworks } from './check-world.ts';
import { desiredState } from './desired-states.ts';
import type { Member } from './group-members.ts';
import { instanceEnv } from './instance-env.ts';
import type { AddressBook } from './networks/address-book.ts';
import { planNetworks } from './networks/plan-network.ts';
import type { GroupDisk } from './parse/persistent-disks.ts';
import type { ParsedDeployment, ParsedGroup } from './parse-deployment.ts';
import type { InstancePlan, JobPlan, NetworkPlan, StemcellPlan } from './plan.ts';
import type { PlanRequest } from './plan-request.ts';
import type { InstanceSnapshot, StemcellSnapshot } from './snapshot.ts';
import { vmProperties, vmTypeName } from './vm-properties.ts';

interface Scene {
  readonly request: PlanRequest;
  readonly parsed: ParsedDeployment;
}

/** Claims the addresses of a group's members. All groups do so before anything else looks at addresses. */
export function memberNetworks(
  group: ParsedGroup,
  members: readonly Member[],
  book: AddressBook,
): ReadonlyMap<string, readonly NetworkPlan[]> {
  return new Map(
    members.map(({ uuid, index, az, existing, staticIps }) => {
      const label = `${group.spec.name}/${uuid} (${index})`;
      const user = { label, uuid, az, addresses: existing?.addresses ?? [], staticIps };
      const networks = planNetworks(user, group.spec.networks, book);
      if (existing?.ignore === true) {
        checkIgnoredNetworks(existing, networks);
      }
      return [uuid, networks];
    }),
  );
}

interface MemberPlan {
  readonly member: Member;
  readonly stemcell: StemcellPlan;
  readonly networks: readonly NetworkPlan[];
  readonly jobs: readonly JobPlan[];
}

export function planInstance(group: ParsedGroup, wish: MemberPlan, scene: Scene): InstancePlan {
  const { member, networks, jobs } = wish;
  const { options } = scene.request;
  const desired = desiredState(group.spec, member, options.states);
  const wanted: WantedInstance = {
    group: group.spec.name,
    uuid: member.uuid,
    index: member.index,
    az: member.az,
    bootstrap: member.bootstrap,
    lifecycle: group.spec.lifecycle,
    existing: member.existing,
    state: desired.state,
    networks,
    ...machine(group, wish, scene),
    tags: { ...scene.parsed.tags, ...group.spec.tags },
    ...disks(group.spec.persistentDisks),
  };
  const changes = plannedChanges(wanted, {
    jobs,
    restart: desired.restart,
    recreate: desired.recreate || options.recreate,
    recreateVmsCreatedBefore: options.recreateVmsCreatedBefore,
    recreatePersistentDisks: options.recreatePersistentDisks,
  });
  return { ...wanted, changes };
}

/** What kind of VM the member gets, and where. */
function machine({ spec }: ParsedGroup, { member: { az }, stemcell }: MemberPlan, { request, parsed }: Scene) {
  const cpi = (az === null ? undefined : parsed.cloud.azs.get(az)?.cpi) ?? '';
  return {
    cpi,
    cloudProperties: vmProperties(
      { vm: spec.vm, vmExtensions: spec.vmExtensions, az },
      { cloud: parsed.cloud, calculated: request.calculatedVms ?? [] },
    ),
    vmType: vmTypeName(spec.vm),
    env: instanceEnv(spec.env, parsed.spec.features.useTmpfsConfig),
    stemcell: stemcellAt(stemcell.byCpi[cpi], { az, cpi, name: `${stemcell.name}/${stemcell.version}` }),
  };
}

function stemcellAt(
  stemcell: StemcellSnapshot | undefined,
  { az, cpi, name }: { readonly az: string | null; readonly cpi: string; readonly name: string },
): StemcellSnapshot {
  if (stemcell === undefined) {
    throw new StemcellNotFound(
      `Stemcell '${name}' doesn't exist at the CPI ${cpi === '' ? 'of the Director' : `'${cpi}'`}${az === null ? '' : ` of AZ '${az}'`}`,
      { hint: 'Upload it once more: it is then brought to every CPI.' },
    );
  }
  return stemcell;
}

function disks(all: readonly GroupDisk[]): Pick<InstancePlan, 'persistentDisk' | 'namedDisks'> {
  const managed = all.find(({ name }) => name === '');
  const named = all.filter(({ name }) => name !== '');
  return {
    persistentDisk:
      managed === undefined ? null : { sizeMib: managed.sizeMib, cloudProperties: managed.cloudProperties },
    ...(named.length === 0 ? {} : { namedDisks: named }),
  };
}

/** An instance that goes: as it is, with nothing wanted of it. */
export function obsoleteInstance(existing: InstanceSnapshot): InstancePlan {
  return {
    group: existing.group,
    uuid: existing.uuid,
    index: existing.index,
    az: existing.az,
    cpi: existing.vm?.cpi ?? '',
    bootstrap: existing.bootstrap,
    lifecycle: 'service',
    existing,
    state: existing.state,
    networks: [],
    cloudProperties: existing.vm?.cloudProperties ?? {},
    vmType: existing.spec?.vmType ?? null,
    env: existing.vm?.env ?? {},
    tags: existing.spec?.tags ?? {},
    stemcell: null,
    persistentDisk: null,
    changes: [],
  };
}
