import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blobstore } from '@boti/blobstore';
import { blobId, KeyedLock, verifyFileDigest } from '@boti/core';
import { readJob } from '@boti/release';
import type { JobTemplate } from '@boti/templates';
import type { ReleaseJob } from '../planner/snapshot.ts';

/** The ERB of release jobs, by blob. */
export interface JobSources {
  templatesOf(job: ReleaseJob): Promise<readonly JobTemplate[]>;
}

const cachedJobs = 200;

/** Reads jobs' archives from the blobstore, and keeps the latest ones used. */
export function jobSources(blobstore: Blobstore, workDir: string): JobSources {
  const cache = new Map<string, readonly JobTemplate[]>();
  const lock = new KeyedLock();
  const load = async (job: ReleaseJob): Promise<readonly JobTemplate[]> => {
    const known = cache.get(job.blobstoreId);
    if (known !== undefined) return known;
    const templates = await readTemplates(blobstore, job, workDir);
    cache.set(job.blobstoreId, templates);
    const oldest = cache.keys().next().value;
    if (cache.size > cachedJobs && oldest !== undefined) cache.delete(oldest);
    return templates;
  };
  return { templatesOf: (job) => lock.run(job.blobstoreId, () => load(job)) };
}

async function readTemplates(blobstore: Blobstore, job: ReleaseJob, workDir: string): Promise<JobTemplate[]> {
  const directory = await mkdtemp(join(workDir, 'job-'));
  try {
    const path = join(directory, `${job.name}.tgz`);
    await blobstore.get(blobId(job.blobstoreId), path);
    await verifyFileDigest(path, job.sha1, `Job '${job.name}'`);
    const { spec, monit, templates, extraMonitFiles } = await readJob(path, { name: job.name });
    return [
      { source: 'monit', destination: 'monit', erb: monit },
      ...[...extraMonitFiles].map(([name, erb]) => ({ source: `${name}.monit`, destination: `${name}.monit`, erb })),
      ...[...templates].map(([source, erb]) => ({ source, destination: spec.templates?.[source] ?? source, erb })),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
