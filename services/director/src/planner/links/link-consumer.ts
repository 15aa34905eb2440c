import type { BoundJob } from '../bind-jobs.ts';
import type { LinkGroup } from './link-group.ts';

type Properties = Readonly<Record<string, unknown>>;

/** A link that a job wants, and how the manifest says to find it. */
export interface LinkConsumer {
  readonly group: LinkGroup;
  readonly job: BoundJob;
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly search: LinkSearch;
}

type LinkSearch =
  /** The only provider of the type. */
  | { readonly kind: 'implicit' }
  | {
      readonly kind: 'explicit';
      readonly from: string;
      readonly deployment: string | null;
      readonly network: string | null;
      readonly ipAddresses: boolean | null;
    }
  /** The manifest itself is the provider. */
  | { readonly kind: 'manual'; readonly content: Properties }
  | { readonly kind: 'blocked' };

export function linkConsumers(groups: readonly LinkGroup[], fail: (fault: string) => void): readonly LinkConsumer[] {
  return groups.flatMap((group) => group.jobs.flatMap((job) => jobConsumers(group, job, fail)));
}

function jobConsumers(group: LinkGroup, job: BoundJob, fail: (fault: string) => void): readonly LinkConsumer[] {
  const where = `job '${job.name}' in instance group '${group.name}'`;
  const wanted = job.job.spec.consumes ?? [];
  for (const name of Object.keys(job.asked.consumes)) {
    if (!wanted.some((consumer) => consumer.name === name)) {
      fail(`Manifest defines link consumer '${name}' of ${where}, which the job does not define in the release spec`);
    }
  }
  return wanted.flatMap(({ name, type, optional }) => {
    const search = parseSearch(name, job.asked.consumes[name], { where, fail });
    return search === null ? [] : [{ group, job, name, type, optional: optional === true, search }];
  });
}

/** Null: the manifest's entry is wrong, and that has been told. */
function parseSearch(
  name: string,
  asked: unknown,
  { where, fail }: { readonly where: string; readonly fail: (fault: string) => void },
): LinkSearch | null {
  if (asked === undefined || asked === null) {
    return { kind: 'implicit' };
  }
  if (asked === 'nil') {
    return { kind: 'blocked' };
  }
  if (typeof asked !== 'object' || Array.isArray(asked)) {
    fail(`Link consumer '${name}' of ${where} must be a map or 'nil'`);
    return null;
  }
  const entry = asked as Properties;
  if ('name' in entry || 'type' in entry) {
    fail(
      `Cannot specify 'name' or 'type' properties in the manifest for link '${name}' from ${where}. Please provide these keys in the release only.`,
    );
    return null;
  }
  if (['instances', 'properties', 'address'].some((key) => key in entry)) {
    return { kind: 'manual', content: manualContent(entry) };
  }
  return {
    kind: 'explicit',
    from:
      String(entry.from ?? name)
        .split('.')
        .at(-1) ?? name,
    deployment: textOrNull(entry.deployment),
    network: textOrNull(entry.network),
    ipAddresses: typeof entry.ip_addresses === 'boolean' ? entry.ip_addresses : null,
  };
}

function manualContent({ instances, properties, address }: Properties): Properties {
  return {
    instances: instances ?? [],
    properties: properties ?? {},
    ...(address === undefined ? {} : { address }),
  };
}

function textOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}
