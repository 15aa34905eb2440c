import { randomUUID } from 'node:crypto';
import { deepMerge } from '@boti/core';
import type { ReleaseJob } from '@boti/release';
import {
  type CreateEnvTemplateContext,
  type JobTemplate,
  jobProperties,
  type RenderedJob,
  type TemplateRenderer,
} from '@boti/templates';
import type { Properties } from '../manifest/environment-manifest.ts';

/** Where a job's properties come from. */
export interface JobInput {
  readonly deployment: string;
  /** The job's own in the manifest: if there, nothing else counts. */
  readonly own: Properties | null | undefined;
  /** Of the instance group. */
  readonly group: Properties;
  readonly global: Properties;
  /** IP address of the instance, where it is known. */
  readonly address: string | undefined;
}

export async function renderJob(
  renderer: TemplateRenderer,
  job: ReleaseJob,
  { input, signal }: { readonly input: JobInput; readonly signal: AbortSignal },
): Promise<RenderedJob> {
  const { name } = job.spec;
  const templates = templatesOf(job);
  const files = await renderer.render(
    { dialect: 'create-env', job: name, templates, context: contextOf(job, input) },
    signal,
  );
  const monit = files.find(({ destination }) => destination === 'monit')?.content ?? '';
  return { name, monit, files: files.filter(({ destination }) => destination !== 'monit') };
}

function templatesOf({ spec, monit, templates, extraMonitFiles }: ReleaseJob): readonly JobTemplate[] {
  const own = [...templates].map(([source, erb]) => ({ source, destination: spec.templates[source] ?? source, erb }));
  const extra = [...extraMonitFiles].map(([name, erb]) => ({
    source: `${name}.monit`,
    destination: `${name}.monit`,
    erb,
  }));
  return [{ source: 'monit', destination: 'monit', erb: monit }, ...own, ...extra];
}

function contextOf({ spec }: ReleaseJob, input: JobInput): CreateEnvTemplateContext {
  const { deployment, own, group, global, address } = input;
  const merged = deepMerge(global, group);
  const hasOwn = own !== null && own !== undefined;
  const defaults = Object.entries(spec.properties).map(([name, property]) => [name, property.default ?? null]);
  return {
    name: spec.name,
    index: 0,
    id: randomUUID(),
    az: 'unknown',
    bootstrap: true,
    job: { name: spec.name },
    deployment,
    ...(address !== undefined && address !== '' && { address }),
    networks: { default: { ip: '', netmask: '', gateway: '' } },
    // BOSH: upstream's renderer merges the instance group's properties into this very map, unless the job has its own.
    global_properties: hasOwn ? global : merged,
    cluster_properties: group,
    job_properties: own ?? null,
    default_properties: Object.fromEntries(defaults) as Properties,
    properties: jobProperties(spec.properties, own ?? merged),
  };
}
