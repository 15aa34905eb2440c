import type { BoundJob } from '../bind-jobs.ts';
import { propertyAt } from '../property-path.ts';
import type { LinkGroup } from './link-group.ts';

type Properties = Readonly<Record<string, unknown>>;

/** Something that a job (or a named disk) of the deployment offers to others. */
export interface LinkProvider {
  readonly group: LinkGroup;
  /** Null: a disk of the group. */
  readonly job: BoundJob | null;
  /** Its name in the job's spec. */
  readonly name: string;
  /** What consumers call it: `as`, or its name. */
  readonly alias: string;
  readonly type: string;
  readonly properties: Properties;
}

interface Offer {
  readonly name: string;
  readonly type: string;
  readonly properties: readonly string[];
}

/** Collects what a deployment provides; faults go to `fail`, so that all of them are told at once. */
export function linkProviders(groups: readonly LinkGroup[], fail: (fault: string) => void): readonly LinkProvider[] {
  return groups.flatMap((group) => [
    ...group.jobs.flatMap((job) => jobProviders(group, job, fail)),
    ...group.diskNames.map((name) => ({ group, job: null, name, alias: name, type: 'disk', properties: { name } })),
  ]);
}

function jobProviders(group: LinkGroup, job: BoundJob, fail: (fault: string) => void): readonly LinkProvider[] {
  const where = `job '${job.name}' in instance group '${group.name}'`;
  const offers = [...specOffers(job), ...customOffers(job, where, fail)];
  for (const name of Object.keys(job.asked.provides)) {
    if (!offers.some((offer) => offer.name === name)) {
      fail(`Manifest defines link provider '${name}' of ${where}, which the job does not define in the release spec`);
    }
  }
  return offers.flatMap((offer) => provider(offer, { group, job, where }, fail) ?? []);
}

function specOffers({ job }: BoundJob): readonly Offer[] {
  return (job.spec.provides ?? []).map(({ name, type, properties }) => ({ name, type, properties: properties ?? [] }));
}

function customOffers(job: BoundJob, where: string, fail: (fault: string) => void): readonly Offer[] {
  const taken = new Set(specOffers(job).map(({ name }) => name));
  return job.asked.customProviders.filter(({ name, type }) => {
    if (name === '' || type === '') {
      fail(`Custom link provider definition of ${where} must have a name and a type`);
      return false;
    }
    if (taken.has(name)) {
      fail(`Custom link provider '${name}' of ${where} is already defined`);
      return false;
    }
    taken.add(name);
    return true;
  });
}

/** The provider, or nothing when the manifest says `nil` or is wrong. */
function provider(
  offer: Offer,
  { group, job, where }: { readonly group: LinkGroup; readonly job: BoundJob; readonly where: string },
  fail: (fault: string) => void,
): LinkProvider | null {
  const asked = job.asked.provides[offer.name] ?? {};
  if (asked === 'nil') {
    return null;
  }
  if (typeof asked !== 'object' || Array.isArray(asked)) {
    fail(`Link provider '${offer.name}' of ${where} must be a map or 'nil'`);
    return null;
  }
  if ('name' in asked || 'type' in asked) {
    fail(
      `Cannot specify 'name' or 'type' properties in the manifest for link '${offer.name}' from ${where}. Please provide these keys in the release only.`,
    );
    return null;
  }
  const alias = 'as' in asked ? String(asked.as) : offer.name;
  return {
    group,
    job,
    name: offer.name,
    alias,
    type: offer.type,
    properties: offeredProperties(offer, job, where, fail),
  };
}

function offeredProperties(offer: Offer, job: BoundJob, where: string, fail: (fault: string) => void): Properties {
  const declared = job.job.spec.properties ?? {};
  const offered: Record<string, unknown> = {};
  for (const path of offer.properties) {
    const definition = declared[path];
    if (definition === undefined) {
      fail(`Link property ${path} of link '${offer.name}' from ${where} is not defined in release spec`);
      continue;
    }
    setAt(offered, path.split('.'), propertyAt(job.properties, path) ?? definition.default ?? null);
  }
  return offered;
}

function setAt(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  target[key] = next;
  setAt(next, rest, value);
}
