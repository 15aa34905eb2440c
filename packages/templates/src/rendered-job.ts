import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { compareBytes } from '@boti/core';
import { pack } from 'tar-stream';
import type { RenderedFile } from './template-renderer.ts';

/** All that was rendered for one job of an instance. */
export interface RenderedJob {
  readonly name: string;
  readonly monit: string;
  /** Without the monit file. */
  readonly files: readonly RenderedFile[];
}

// BOSH: what the hashes cover is fixed (src/bosh-director/lib/bosh/director/core/templates/rendered_job_instance.rb)
/** Changes when anything changes that the instance's jobs would see on disk. */
export function configurationHash(jobs: readonly RenderedJob[]): string {
  const hash = createHash('sha1');
  for (const job of jobs.toSorted((a, b) => compareBytes(a.name, b.name))) {
    hash.update(job.monit).update(job.name);
    for (const file of bySource(job)) hash.update(file.content).update(file.destination);
  }
  return hash.digest('hex');
}

/** Changes when the content of one job's files changes. */
export function templateHash(job: RenderedJob): string {
  const hash = createHash('sha1').update(job.monit);
  for (const file of bySource(job)) hash.update(file.content);
  return hash.digest('hex');
}

/** The archive that an agent installs: `<job>/monit` and `<job>/<destination>`. Equal jobs give equal bytes. */
export async function renderedArchive(jobs: readonly RenderedJob[]): Promise<Buffer> {
  const tar = pack();
  for (const job of jobs) {
    addFile(tar, `${job.name}/monit`, job.monit);
    for (const file of job.files) addFile(tar, `${job.name}/${file.destination}`, file.content);
  }
  tar.finalize();
  return await promisify(gzip)(await buffer(tar));
}

function addFile(tar: ReturnType<typeof pack>, name: string, content: string): void {
  tar.entry({ name, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, content);
}

function bySource(job: RenderedJob): readonly RenderedFile[] {
  return job.files.toSorted((a, b) => compareBytes(a.source, b.source));
}
