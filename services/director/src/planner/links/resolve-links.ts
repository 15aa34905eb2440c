import { UnnumberedFailure } from '../../errors.ts';
import { type LinkConsumer, linkConsumers } from './link-consumer.ts';
import { type DnsChoice, linkContent } from './link-content.ts';
import type { LinkGroup } from './link-group.ts';
import { type LinkProvider, linkProviders } from './link-provider.ts';

type Properties = Readonly<Record<string, unknown>>;

/** Group → job → link name → what templates see. */
export type ResolvedLinks = ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, Properties>>>>;

/** Finds the provider of every link that jobs consume. All that fail are told together. */
export function resolveLinks(groups: readonly LinkGroup[], dns: DnsChoice): ResolvedLinks {
  const faults: string[] = [];
  const fail = (fault: string) => faults.push(fault);
  const providers = linkProviders(groups, fail);
  const resolved = new Map<string, Map<string, Record<string, Properties>>>();
  for (const consumer of linkConsumers(groups, fail)) {
    const found = resolve(consumer, providers, dns);
    if ('fault' in found) {
      fail(`${describe(consumer)}. Details below:\n    - ${found.fault}`);
    } else if (found.content !== null) {
      const jobs = resolved.get(consumer.group.name) ?? new Map<string, Record<string, Properties>>();
      resolved.set(consumer.group.name, jobs);
      jobs.set(consumer.job.name, { ...jobs.get(consumer.job.name), [consumer.name]: found.content });
    }
  }
  if (faults.length > 0) {
    throw new UnnumberedFailure(
      `Failed to resolve links from deployment '${dns.deployment}'. See errors below:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
  return resolved;
}

type Outcome = { readonly content: Properties | null } | { readonly fault: string };

function resolve(consumer: LinkConsumer, providers: readonly LinkProvider[], dns: DnsChoice): Outcome {
  const { search } = consumer;
  switch (search.kind) {
    case 'blocked':
      return consumer.optional
        ? { content: null }
        : { fault: 'Link is required by the job, but the manifest sets it to nil' };
    case 'manual':
      return { content: { ...search.content, deployment_name: dns.deployment } };
    case 'implicit':
      return resolveImplicit(consumer, providers, dns);
    case 'explicit':
      return resolveExplicit(search, consumer, { providers, dns });
  }
}

function resolveImplicit(consumer: LinkConsumer, providers: readonly LinkProvider[], dns: DnsChoice): Outcome {
  const matching = providers.filter(({ type }) => type === consumer.type);
  if (matching.length === 0 && consumer.optional) {
    return { content: null };
  }
  const provider = theOnly(matching, dns.deployment);
  return 'fault' in provider ? provider : { content: linkContent(provider, { network: null, ipAddresses: null }, dns) };
}

function resolveExplicit(
  search: Extract<LinkConsumer['search'], { kind: 'explicit' }>,
  consumer: LinkConsumer,
  { providers, dns }: { readonly providers: readonly LinkProvider[]; readonly dns: DnsChoice },
): Outcome {
  if (search.deployment !== null && search.deployment !== dns.deployment) {
    return { fault: `Links of another deployment ('${search.deployment}') cannot be consumed by this Director` };
  }
  const matching = providers.filter(({ type, alias }) => type === consumer.type && alias === search.from);
  const provider = theOnly(matching, dns.deployment);
  if ('fault' in provider) {
    return provider;
  }
  const names = provider.group.networks.map(({ network }) => network.name);
  if (search.network !== null && !names.includes(search.network)) {
    return { fault: `Provider has no network '${search.network}', its networks are: ${names.join(', ')}` };
  }
  return { content: linkContent(provider, search, dns) };
}

function theOnly(matching: readonly LinkProvider[], deployment: string): LinkProvider | { readonly fault: string } {
  const [first, ...others] = matching;
  if (first === undefined) {
    return { fault: 'No link providers found' };
  }
  if (others.length === 0) {
    return first;
  }
  const lines = matching.map(({ name, alias, job, group }) => {
    const known = alias === name ? '' : ` with alias '${alias}'`;
    const from = job === null ? '' : ` from job '${job.name}'`;
    return `\n      - Link provider '${name}'${known}${from} in instance group '${group.name}' in deployment '${deployment}'`;
  });
  return { fault: `Multiple link providers found:${lines.join('')}` };
}

function describe({ name, type, job, group, search }: LinkConsumer): string {
  const alias = search.kind === 'explicit' && search.from !== name ? ` with alias '${search.from}' and` : ' with';
  return `Failed to resolve link '${name}'${alias} type '${type}' from job '${job.name}' in instance group '${group.name}'`;
}
