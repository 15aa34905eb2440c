import {
  configurationHash,
  jobProperties,
  type RenderedJob,
  renderedArchive,
  type TemplateContext,
  templateHash,
} from '@boti/templates';
import type { GroupPlan, InstancePlan, JobPlan, NetworkPlan } from '../../planner/plan.ts';
import { dnsDomain } from '../apply-spec.ts';
import type { DeployContext } from '../context.ts';
import type { RenderedInstance } from '../instance-run.ts';
import { templateNetworks } from '../template-networks.ts';

/** Renders all jobs of an instance. Throws an AggregateError of the jobs' TemplateRenderFailed, all at once. */
export async function renderInstance(
  ctx: DeployContext,
  group: GroupPlan,
  plan: InstancePlan,
  networks: readonly NetworkPlan[],
): Promise<RenderedInstance> {
  const results = await Promise.allSettled(group.jobs.map((job) => renderJob(ctx, { group, plan, networks, job })));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length > 0) throw new AggregateError(failures, `Templates of ${plan.group}/${plan.uuid} failed`);
  const jobs = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return {
    configurationHash: configurationHash(jobs),
    templateHashes: Object.fromEntries(jobs.map((job) => [job.name, templateHash(job)])),
    archive: jobs.length === 0 ? null : await renderedArchive(jobs),
  };
}

interface JobSubject {
  readonly group: GroupPlan;
  readonly plan: InstancePlan;
  readonly networks: readonly NetworkPlan[];
  readonly job: JobPlan;
}

async function renderJob(ctx: DeployContext, subject: JobSubject): Promise<RenderedJob> {
  const { job } = subject;
  const templates = await ctx.jobSources.templatesOf(job.job);
  const context = templateContext(ctx, subject);
  const rendered = await ctx.renderer.render({ job: job.name, templates, context }, ctx.signal);
  const monit = rendered.find(({ destination }) => destination === 'monit');
  const files = rendered.filter(({ destination }) => destination !== 'monit');
  return { name: job.name, monit: monit?.content ?? '', files };
}

function templateContext(ctx: DeployContext, { group, plan, networks, job }: JobSubject): TemplateContext {
  const deployment = ctx.deployment.name;
  const specs = templateNetworks(networks, { deployment, group: plan.group, index: plan.index, dnsDomain });
  const address = String(specs[networks.find(({ addressable }) => addressable)?.name ?? '']?.ip ?? '');
  return {
    deployment,
    name: plan.group,
    job: jobOf(group, plan),
    index: plan.index,
    id: plan.uuid,
    az: plan.az,
    bootstrap: plan.bootstrap,
    networks: specs,
    address,
    ip: address,
    persistent_disk: plan.persistentDisk?.sizeMib ?? 0,
    release: job.release,
    dns_domain_name: dnsDomain,
    properties: jobProperties(job.job.spec.properties ?? {}, job.properties),
    links: job.links,
  };
}

function jobOf({ jobs }: GroupPlan, plan: InstancePlan): Record<string, unknown> {
  const [first] = jobs;
  return {
    name: plan.group,
    templates: jobs.map(({ name, job: { version, sha1, blobstoreId } }) => ({
      name,
      version,
      sha1,
      blobstore_id: blobstoreId,
      logs: [],
    })),
    ...(first === undefined ? {} : { template: first.name, version: first.job.version }),
  };
}
