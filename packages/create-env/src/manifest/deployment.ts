import type { VmNetwork, VmNetworks } from '@boti/cpi-sdk';
import { groupNetworkProblems, networkProblems } from './check-networks.ts';
import type {
  EnvironmentManifest,
  InstanceGroup,
  JobRef,
  ManifestNetwork,
  Properties,
  ResourcePool,
} from './environment-manifest.ts';
import { parseRange } from './ip-range.ts';
import { refuse } from './parse-manifest.ts';
import { artifactProblems } from './release-set.ts';
import { parseWatchTime, type WatchTime } from './watch-time.ts';

export interface DiskPool {
  readonly sizeMib: number;
  readonly cloudProperties: Properties;
}

/** What shall run: the one instance of the one instance group. */
export interface Deployment {
  readonly name: string;
  readonly group: string;
  readonly jobs: readonly JobRef[];
  /** Of the instance group. */
  readonly properties: Properties;
  readonly globalProperties: Properties;
  readonly networks: VmNetworks;
  readonly resourcePool: ResourcePool;
  readonly disk: DiskPool | undefined;
  readonly watchTime: WatchTime;
  readonly tags: Readonly<Record<string, string>>;
}

/** Checks the deployment's part of the manifest and answers it in one piece. */
export function deploymentOf(manifest: EnvironmentManifest, path: string): Deployment {
  const watchTime = parseWatchTime(manifest.update?.update_watch_time ?? '');
  refuse(`Deployment manifest '${path}'`, problemsOf(manifest));
  const [group] = groupsOf(manifest) as [InstanceGroup];
  return {
    name: manifest.name,
    group: group.name,
    jobs: jobsOf(group),
    properties: group.properties,
    globalProperties: manifest.properties,
    networks: vmNetworks(group, manifest.networks),
    resourcePool: manifest.resource_pools.find(({ name }) => name === group.resource_pool) as ResourcePool,
    disk: diskOf(group, manifest),
    watchTime,
    tags: manifest.tags,
  };
}

function groupsOf({ jobs, instance_groups: groups }: EnvironmentManifest): readonly InstanceGroup[] {
  return groups.length > 0 ? groups : jobs;
}

function jobsOf({ jobs, templates }: InstanceGroup): readonly JobRef[] {
  return jobs.length > 0 ? jobs : templates;
}

function problemsOf(manifest: EnvironmentManifest): readonly string[] {
  const problems: string[] = [];
  const groups = groupsOf(manifest);
  if (manifest.name.trim() === '') problems.push('name is missing');
  if (manifest.jobs.length > 0 && manifest.instance_groups.length > 0) {
    problems.push('jobs and instance_groups mean the same: only one of them may be there');
  }
  if (groups.length !== 1) problems.push(`instance_groups must have exactly one group, found ${groups.length}`);
  problems.push(...networkProblems(manifest.networks), ...poolProblems(manifest));
  for (const [index, group] of groups.entries()) problems.push(...groupProblems(manifest, group, index));
  return problems;
}

function poolProblems({ resource_pools: pools, disk_pools: disks, networks }: EnvironmentManifest): readonly string[] {
  const ofVms = pools.flatMap((pool, index) => {
    const at = `resource_pools[${index}]`;
    const isKnown = networks.some(({ name }) => name === pool.network);
    return [
      ...(pool.name === '' ? [`${at}.name is missing`] : []),
      ...(isKnown ? [] : [`${at}.network '${pool.network}' must be the name of a network`]),
      ...artifactProblems(`${at}.stemcell`, pool.stemcell),
    ];
  });
  const ofDisks = disks.flatMap(({ name, disk_size: size }, index) => [
    ...(name === '' ? [`disk_pools[${index}].name is missing`] : []),
    ...(size > 0 ? [] : [`disk_pools[${index}].disk_size must be greater than 0`]),
  ]);
  return [...ofVms, ...ofDisks];
}

function groupProblems(manifest: EnvironmentManifest, group: InstanceGroup, index: number): readonly string[] {
  const at = `instance_groups[${index}]`;
  const has = (list: readonly { readonly name: string }[], wanted: string): boolean =>
    list.some(({ name }) => name === wanted);
  const checks: readonly (readonly [boolean, string])[] = [
    [group.name !== '', `${at}.name is missing`],
    [group.instances === 1, `${at}.instances must be 1: '${group.name}' must have only one instance`],
    [group.networks.length > 0, `${at}.networks must name at least one network`],
    [has(manifest.resource_pools, group.resource_pool), `${at}.resource_pool must be the name of a resource pool`],
    [
      group.persistent_disk_pool === '' || has(manifest.disk_pools, group.persistent_disk_pool),
      `${at}.persistent_disk_pool must be the name of a disk pool`,
    ],
    [group.persistent_disk >= 0, `${at}.persistent_disk must not be negative`],
    [['', 'service'].includes(group.lifecycle), `${at}.lifecycle must be 'service', not '${group.lifecycle}'`],
    [group.jobs.length === 0 || group.templates.length === 0, `${at} has jobs and templates: they mean the same`],
  ];
  return [
    ...checks.filter(([isRight]) => !isRight).map(([, problem]) => problem),
    ...groupNetworkProblems(at, group, manifest.networks),
    ...jobRefProblems(at, jobsOf(group), manifest),
  ];
}

function jobRefProblems(at: string, jobs: readonly JobRef[], { releases }: EnvironmentManifest): readonly string[] {
  return jobs.flatMap(({ name, release }, index) => {
    const here = `${at}.jobs[${index}]`;
    const problems = name === '' ? [`${here}.name is missing`] : [];
    if (jobs.findIndex((other) => other.name === name) !== index)
      problems.push(`${here}.name '${name}' is given twice`);
    if (!releases.some((known) => known.name === release)) {
      problems.push(`${here}.release '${release}' is not among the releases`);
    }
    return problems;
  });
}

function diskOf(group: InstanceGroup, { disk_pools: pools }: EnvironmentManifest): DiskPool | undefined {
  const pool = pools.find(({ name }) => name === group.persistent_disk_pool);
  if (pool !== undefined) return { sizeMib: pool.disk_size, cloudProperties: pool.cloud_properties };
  return group.persistent_disk > 0 ? { sizeMib: group.persistent_disk, cloudProperties: {} } : undefined;
}

/** As `create_vm` is given them. */
function vmNetworks(group: InstanceGroup, networks: readonly ManifestNetwork[]): VmNetworks {
  const entries = group.networks.map((own): [string, VmNetwork] => {
    const network = networks.find(({ name }) => name === own.name) as ManifestNetwork;
    const defaults = group.networks.length === 1 ? ['dns', 'gateway'] : own.default;
    const [ip] = own.static_ips;
    return [
      own.name,
      {
        ...placeOf(network),
        ...(ip !== undefined && { ip }),
        ...(defaults.length > 0 && { default: defaults }),
      },
    ];
  });
  return Object.fromEntries(entries);
}

function placeOf(network: ManifestNetwork): VmNetwork {
  const type = network.type as VmNetwork['type'];
  const [subnet] = network.subnets;
  if (type !== 'manual' || subnet === undefined) {
    const dns = type === 'dynamic' && network.dns.length > 0 ? { dns: network.dns } : {};
    return { type, cloud_properties: network.cloud_properties, ...dns };
  }
  return {
    type,
    gateway: subnet.gateway,
    netmask: parseRange(subnet.range)?.netmask ?? '',
    cloud_properties: subnet.cloud_properties,
    ...(subnet.dns.length > 0 && { dns: subnet.dns }),
  };
}
