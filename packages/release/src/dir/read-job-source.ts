import { basename, join } from 'node:path';
import { ExpectedError, isThere, messageOf, readIfThere } from '@boti/core';
import { checkJobSpec } from '../formats/job-spec.ts';
import type { JobSource, SourceFile } from './sources.ts';

/** Reads jobs/NAME: spec, monit, properties_schema.json and the templates that the spec names. */
export async function readJobSource(dir: string): Promise<JobSource> {
  const path = join(dir, 'spec');
  const text = await readSpec(path, basename(dir));
  const { spec, warnings } = checkJobSpec(text, path);
  if (spec.name !== basename(dir)) {
    throw new ExpectedError(`Job directory '${basename(dir)}' does not match job name '${spec.name}' in '${path}'`, {
      hint: 'Rename one of the two.',
    });
  }
  const files: SourceFile[] = [{ path, relativePath: 'job.MF' }];
  for (const name of ['monit', 'properties_schema.json']) {
    if (await isThere(join(dir, name))) files.push({ path: join(dir, name), relativePath: name });
  }
  for (const source of Object.keys(spec.templates)) {
    files.push({ path: join(dir, 'templates', source), relativePath: `templates/${source}` });
  }
  await requireFiles(spec.name, files);
  const schema = await schemaWarning(join(dir, 'properties_schema.json'));
  return { kind: 'job', name: spec.name, packages: spec.packages, files, warnings: [...warnings, ...schema] };
}

/** Upstream packs the file as it is; a Director that reads it wants a JSON object. */
async function schemaWarning(path: string): Promise<readonly string[]> {
  const text = await readIfThere(path);
  if (text === undefined) return [];
  try {
    const schema: unknown = JSON.parse(text);
    return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
      ? []
      : [`${path}: is no JSON object`];
  } catch (error) {
    return [`${path}: is no JSON: ${messageOf(error)}`];
  }
}

async function readSpec(path: string, job: string): Promise<string> {
  const text = await readIfThere(path);
  if (text !== undefined) return text;
  throw new ExpectedError(`Job '${job}' has no spec: '${path}' is missing`, {
    hint: 'Make one with generate-job, or delete the folder.',
  });
}

async function requireFiles(job: string, files: readonly SourceFile[]): Promise<void> {
  const missing: string[] = [];
  for (const { path } of files) if (!(await isThere(path))) missing.push(path);
  if (missing.length === 0) return;
  throw new ExpectedError(`Job '${job}' names templates that are missing: ${missing.join(', ')}`);
}
