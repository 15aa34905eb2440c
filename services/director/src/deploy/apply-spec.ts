import type { ApplySpec } from '@boti/agent-protocol';
import type { GroupPlan, InstancePlan, NetworkPlan } from '../planner/plan.ts';
import type { PackageSpec, StoredSpec } from '../planner/snapshot.ts';

/** A job as apply specs list it. */
export interface AppliedJob {
  readonly name: string;
  readonly version: string;
  readonly sha1: string;
  readonly blobstoreId: string;
  readonly release: string;
}

/** Everything about an instance that rendering and compilation have settled. */
export interface Configuration {
  readonly configurationHash: string;
  readonly templateHashes: Readonly<Record<string, string>>;
  readonly archive: { readonly blobstoreId: string; readonly sha1: string } | null;
  readonly packages: Readonly<Record<string, PackageSpec>>;
}

/** No DNS is served yet: names are what templates and agents see of it. */
export const dnsDomain = 'bosh';

export interface SpecSubject {
  readonly deployment: string;
  readonly plan: Pick<InstancePlan, 'group' | 'uuid' | 'index' | 'az' | 'persistentDisk'>;
  readonly networks: readonly NetworkPlan[];
  readonly jobs: readonly AppliedJob[];
}

/** What a VM is told right after its creation: who it is and which networks it has, nothing to install. */
export function partialApplySpec(subject: SpecSubject): ApplySpec {
  return {
    deployment: subject.deployment,
    job: jobSpec(subject),
    index: subject.plan.index,
    id: subject.plan.uuid,
    networks: networkSpecs(subject.networks),
  };
}

export function fullApplySpec(subject: SpecSubject, configuration: Configuration): ApplySpec {
  const { archive } = configuration;
  return {
    ...partialApplySpec(subject),
    name: subject.plan.group,
    az: subject.plan.az,
    packages: packageSpecs(configuration.packages),
    dns_domain_name: dnsDomain,
    configuration_hash: configuration.configurationHash,
    persistent_disk: subject.plan.persistentDisk?.sizeMib ?? 0,
    template_hashes: configuration.templateHashes,
    ...(archive === null
      ? {}
      : { rendered_templates_archive: { sha1: archive.sha1, blobstore_id: archive.blobstoreId } }),
  };
}

/** What is kept of an applied spec to be compared by the next deploy. */
export function storedSpec(
  subject: SpecSubject,
  configuration: Configuration,
  plan: Pick<InstancePlan, 'tags' | 'vmType'>,
): StoredSpec {
  return {
    networks: networkSpecs(subject.networks),
    jobs: subject.jobs.map(({ name, version, release }) => ({ name, version, release })),
    packages: configuration.packages,
    configurationHash: configuration.configurationHash,
    templateHashes: configuration.templateHashes,
    renderedTemplatesArchive: configuration.archive,
    persistentDiskMib: subject.plan.persistentDisk?.sizeMib ?? 0,
    tags: plan.tags,
    vmType: plan.vmType,
    applySpec: fullApplySpec(subject, configuration),
  };
}

export function appliedJobs(group: GroupPlan): AppliedJob[] {
  return group.jobs.map(({ name, job, release }) => ({
    name,
    version: job.version,
    sha1: job.sha1,
    blobstoreId: job.blobstoreId,
    release: release.name,
  }));
}

export function networkSpecs(networks: readonly NetworkPlan[]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(networks.map(({ name, settings }) => [name, { ...settings }]));
}

function jobSpec({ plan, jobs }: SpecSubject): NonNullable<ApplySpec['job']> {
  const first = jobs[0];
  if (first === undefined) return { name: plan.group };
  const templates = jobs.map(({ name, version, sha1, blobstoreId }) => ({
    name,
    version,
    sha1,
    blobstore_id: blobstoreId,
    logs: [],
  }));
  return { name: plan.group, templates, template: first.name, version: first.version };
}

function packageSpecs(packages: Readonly<Record<string, PackageSpec>>): NonNullable<ApplySpec['packages']> {
  return Object.fromEntries(
    Object.entries(packages).map(([key, { name, version, sha1, blobstoreId }]) => [
      key,
      { name, version, sha1, blobstore_id: blobstoreId },
    ]),
  );
}
