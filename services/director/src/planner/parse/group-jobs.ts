import { InstanceGroupInvalidJobs, V1DeprecatedTemplate } from '../../errors.ts';
import { type Properties, SpecReader } from './spec-reader.ts';

/** A job as a group (or an addon) asks for it. */
export interface GroupJobSpec {
  readonly name: string;
  readonly release: string;
  /** Null: the job sees the group's and the deployment's properties instead. */
  readonly properties: Properties | null;
  /** As the manifest has them: read by links/. */
  readonly provides: Properties;
  readonly consumes: Properties;
  readonly customProviders: readonly CustomProvider[];
}

interface CustomProvider {
  readonly name: string;
  readonly type: string;
  readonly properties: readonly string[];
}

export function parseGroupJobs(reader: SpecReader, group: string): readonly GroupJobSpec[] {
  const old = ['template', 'templates'].find((key) => reader.has(key));
  if (old !== undefined) {
    throw new V1DeprecatedTemplate(
      `Instance group '${group}' specifies '${old}', which is no longer supported: use 'jobs'`,
    );
  }
  const jobs = reader.list('jobs').map((job) => parseJob(new SpecReader(job)));
  const duplicate = jobs.find((job, index) => jobs.findIndex(({ name }) => name === job.name) !== index);
  if (duplicate !== undefined) {
    throw new InstanceGroupInvalidJobs(
      `Colocated job '${duplicate.name}' is already added to the instance group '${group}'.`,
    );
  }
  return jobs;
}

export function parseJob(reader: SpecReader): GroupJobSpec {
  const name = reader.string('name');
  return {
    name,
    release: reader.string('release'),
    properties: reader.mapOr('properties', null),
    provides: reader.mapOr('provides', {}),
    consumes: reader.mapOr('consumes', {}),
    customProviders: reader.readers('custom_provider_definitions').map((definition) => ({
      name: definition.stringOr('name', ''),
      type: definition.stringOr('type', ''),
      properties: definition.strings('properties'),
    })),
  };
}
