import type { BoundJob } from './bind-jobs.ts';
import type { Features } from './parse/features.ts';
import type { ParsedDeployment } from './parse-deployment.ts';
import type { StemcellPlan } from './plan.ts';
import type { PlanRequest } from './plan-request.ts';
import type { InstanceSnapshot } from './snapshot.ts';

/** What the operator should know although the deploy goes on. */
export function planWarnings(
  { spec, groups }: ParsedDeployment,
  { snapshot, options, now }: PlanRequest,
  stemcells: ReadonlyMap<string, StemcellPlan>,
): readonly string[] {
  const threshold = options.recreateVmsCreatedBefore;
  return [
    ...spec.warnings,
    ...dnsWarnings(spec.features, groups),
    ...stemcellWarnings(spec, snapshot.instances, stemcells),
    ...(threshold !== null && now !== undefined && threshold > now
      ? [`VMs created before ${threshold.toISOString()} are to be recreated: that time is yet to come, so all are`]
      : []),
    ...ignoredWarnings(snapshot.instances),
  ];
}

function dnsWarnings(features: Features, groups: ParsedDeployment['groups']): readonly string[] {
  const switchedOn = Object.entries({
    use_dns_addresses: features.useDnsAddresses,
    use_short_dns_addresses: features.useShortDnsAddresses,
    use_link_dns_names: features.useLinkDnsNames,
  }).flatMap(([name, isOn]) => (isOn ? [`'${name}' in 'features'`] : []));
  const asked = groups.flatMap(({ spec, jobs }) =>
    jobs.filter(asksForNames).map(({ name }) => `'ip_addresses: false' of job '${name}' in '${spec.name}'`),
  );
  const wanted = [...switchedOn, ...asked];
  if (wanted.length === 0) return [];
  return [`This Director serves no DNS records: with ${wanted.join(', ')} jobs are given names that nobody resolves`];
}

function asksForNames({ asked }: BoundJob): boolean {
  return Object.values(asked.consumes).some(
    (link) => typeof link === 'object' && link !== null && 'ip_addresses' in link && link.ip_addresses === false,
  );
}

/** An operating system and `latest` find the newest stemcell of whatever name: upstream's agent may come in this way. */
function stemcellWarnings(
  { stemcells, groups }: ParsedDeployment['spec'],
  instances: readonly InstanceSnapshot[],
  plans: ReadonlyMap<string, StemcellPlan>,
): readonly string[] {
  return stemcells.flatMap(({ alias, by, wanted }) => {
    const plan = plans.get(alias);
    if (by !== 'os' || plan === undefined) return [];
    const using = groups.filter(({ stemcell }) => stemcell === alias).map(({ name }) => name);
    const present = instances.filter(({ group }) => using.includes(group)).flatMap(({ vm }) => vm?.stemcell.name ?? []);
    const others = [...new Set(present)].filter((name) => name !== plan.name);
    if (others.length === 0) return [];
    return [
      `Stemcell '${alias}' (os '${wanted}') is '${plan.name}/${plan.version}' now; VMs were made from '${others.join("', '")}'. Say 'name' instead of 'os' in the manifest to keep to one`,
    ];
  });
}

function ignoredWarnings(instances: readonly InstanceSnapshot[]): readonly string[] {
  const ignored = instances.filter(({ ignore }) => ignore).map(({ group, uuid }) => `${group}/${uuid}`);
  return ignored.length === 0 ? [] : [`You have ignored instances. They will not be changed: ${ignored.join(', ')}`];
}
