import { checkAgents, checkIgnoredDeletions } from './check-world.ts';
import { checkOverrides } from './desired-states.ts';
import { type GroupMembers, groupMembers } from './group-members.ts';
import type { DnsChoice } from './links/link-content.ts';
import type { LinkGroup } from './links/link-group.ts';
import { resolveLinks } from './links/resolve-links.ts';
import { AddressBook } from './networks/address-book.ts';
import { type ParsedDeployment, type ParsedGroup, parseDeployment } from './parse-deployment.ts';
import type { DeploymentPlan, GroupPlan, NetworkPlan, StemcellPlan } from './plan.ts';
import { planCompilation } from './plan-compilation.ts';
import { memberNetworks, obsoleteInstance, planInstance } from './plan-instances.ts';
import { type PlanRequest, planningRules } from './plan-request.ts';
import { planWarnings } from './plan-warnings.ts';
import { requirePackages } from './require-packages.ts';
import { resolveStemcells } from './resolve-stemcells.ts';
import type { InstanceSnapshot } from './snapshot.ts';
import { sortInstances } from './sort-instances.ts';
import { withResolvedVersions } from './with-resolved-versions.ts';

export type { PlanRequest } from './plan-request.ts';

/** What a deploy will do, and why. Pure: the same request gives the same plan, but for new uuids. */
export function planDeployment(request: PlanRequest): DeploymentPlan {
  const { snapshot, options } = request;
  const parsed = parseDeployment(request);
  const byAlias = resolveStemcells(parsed.spec.stemcells, snapshot.stemcells);
  checkAgents(snapshot.instances, options.fix);
  const placed = placeGroups(parsed, request);
  const gone = removedInstances(parsed, snapshot.instances);
  checkIgnoredDeletions(gone);
  checkOverrides(
    options.states,
    placed.flatMap(({ group, members }) => members.wanted.map((member) => ({ ...member, group: group.spec.name }))),
  );
  const book = new AddressBook(snapshot.addresses);
  const located = placed.map((item) => ({ ...item, networks: memberNetworks(item.group, item.members.wanted, book) }));
  const packages = requirePackages(
    parsed.groups.map(({ spec, jobs }) => ({ name: spec.name, stemcell: theStemcell(byAlias, spec.stemcell), jobs })),
    { releases: parsed.releases, references: parsed.releaseReferences, compiled: snapshot.compiledPackages },
  );
  const releases = [...parsed.releases.values()].map(({ name, version }) => ({ name, version }));
  const stemcells = [...byAlias.values()];
  return {
    deployment: parsed.spec.name,
    manifest: withResolvedVersions(request.manifest, { releases, stemcells }),
    releases,
    stemcells,
    tags: parsed.tags,
    groups: planGroups(located, { parsed, request, byAlias }),
    obsolete: sortInstances(gone.map(obsoleteInstance)),
    compilation: planCompilation(parsed, packages, { request, book }),
    packages,
    warnings: planWarnings(parsed, request, byAlias),
  };
}

/**
 * Finds what is wrong with a manifest whatever the state of the world: wrong values, unknown releases and jobs, links that
 * cannot be resolved. Upstream tells these before a deploy's first stage begins.
 */
export function checkDeployment(request: PlanRequest): void {
  const parsed = parseDeployment(request);
  const nobody = { wanted: [], obsolete: [] };
  const groups = parsed.groups.map((group) => linkGroup({ group, members: nobody, networks: new Map() }));
  resolveLinks(groups, dnsChoice(parsed, request));
}

interface PlacedGroup {
  readonly group: ParsedGroup;
  readonly members: GroupMembers;
}

interface LocatedGroup extends PlacedGroup {
  readonly networks: ReadonlyMap<string, readonly NetworkPlan[]>;
}

function placeGroups(parsed: ParsedDeployment, request: PlanRequest): readonly PlacedGroup[] {
  const random = parsed.spec.features.randomizeAzPlacement ? (request.random ?? null) : null;
  const chance = { newUuid: request.newUuid, random };
  return parsed.groups.map((group) => ({
    group,
    members: groupMembers(group.spec, request.snapshot.instances, chance),
  }));
}

/** Instances of groups that the manifest has no more. */
function removedInstances(
  { groups }: ParsedDeployment,
  instances: readonly InstanceSnapshot[],
): readonly InstanceSnapshot[] {
  const claimed = new Set(groups.flatMap(({ spec }) => [spec.name, ...spec.migratedFrom.map(({ name }) => name)]));
  return instances.filter(({ group }) => !claimed.has(group));
}

interface Scene {
  readonly parsed: ParsedDeployment;
  readonly request: PlanRequest;
  readonly byAlias: ReadonlyMap<string, StemcellPlan>;
}

function planGroups(located: readonly LocatedGroup[], { parsed, request, byAlias }: Scene): readonly GroupPlan[] {
  const links = resolveLinks(located.map(linkGroup), dnsChoice(parsed, request));
  return located.map(({ group, members, networks }) => {
    const stemcell = theStemcell(byAlias, group.spec.stemcell);
    const jobs = group.jobs.map(({ asked: _, ...job }) => ({
      ...job,
      links: links.get(group.spec.name)?.get(job.name) ?? {},
    }));
    const instances = members.wanted.map((member) =>
      planInstance(group, { member, networks: networks.get(member.uuid) ?? [], jobs, stemcell }, { request, parsed }),
    );
    return {
      name: group.spec.name,
      lifecycle: group.spec.lifecycle,
      update: group.spec.update,
      jobs,
      stemcell,
      instances: sortInstances(instances),
      obsolete: sortInstances(members.obsolete.map(obsoleteInstance)),
    };
  });
}

function dnsChoice({ spec }: ParsedDeployment, request: PlanRequest): DnsChoice {
  return { ...spec.features, deployment: spec.name, domain: planningRules(request).dnsDomain };
}

function theStemcell(byAlias: ReadonlyMap<string, StemcellPlan>, alias: string): StemcellPlan {
  const stemcell = byAlias.get(alias);
  if (stemcell === undefined) {
    throw new TypeError(`no stemcell '${alias}'`);
  }
  return stemcell;
}

function linkGroup({ group, members, networks }: LocatedGroup): LinkGroup {
  return {
    name: group.spec.name,
    jobs: group.jobs,
    diskNames: group.spec.persistentDisks.map(({ name }) => name).filter((name) => name !== ''),
    networks: group.spec.networks,
    instances: members.wanted.map((member) => ({ ...member, networks: networks.get(member.uuid) ?? [] })),
  };
}
