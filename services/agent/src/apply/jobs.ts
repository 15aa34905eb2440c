import { chmod, cp, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, isReachable, openTempDir, type TempDir } from '@boti/core';
import { within } from '../action-error.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Dirs } from '../dirs.ts';
import type { Ownership } from '../ownership.ts';
import { type BundleRef, Bundles } from './bundles.ts';
import type { JobRef } from './spec-store.ts';
import { unpack } from './tarballs.ts';

/** Rendered jobs, all of an instance in one archive: installed per job, linked at `/var/vcap/jobs/<name>`. */
export class Jobs {
  readonly bundles: Bundles;
  readonly #blobs: Blobs;
  readonly #dirs: Dirs;
  readonly #ownership: Ownership;

  constructor({ dirs, blobs, ownership }: { dirs: Dirs; blobs: Blobs; ownership: Ownership }) {
    this.#blobs = blobs;
    this.#dirs = dirs;
    this.#ownership = ownership;
    this.bundles = new Bundles({ installDir: join(dirs.data, 'jobs'), enableDir: dirs.jobs, mode: 0o750, ownership });
  }

  /** Installs the jobs that are not installed yet; the archive is fetched once at most. */
  async prepare(jobs: readonly JobRef[]): Promise<void> {
    const missing: JobRef[] = [];
    for (const job of jobs) if (!(await isReachable(this.bundles.path(jobBundle(job))))) missing.push(job);
    const [first] = missing;
    if (first === undefined) return;
    await using unpacked = await this.#unpackArchive(first.archive);
    for (const job of missing) await this.#install(job, unpacked.path);
  }

  async #unpackArchive(archive: JobRef['archive']): Promise<TempDir> {
    const ref = { blobId: archive.blobstore_id, digest: archive.sha1 };
    await using blob = await within('Getting job source from blobstore', () => this.#blobs.fetch(ref));
    const dir = await openTempDir('jobs-', this.#dirs.tmp);
    await within('Unpacking rendered templates', () => unpack(blob.path, dir.path));
    return dir;
  }

  async #install(job: JobRef, archiveDir: string): Promise<void> {
    const source = join(archiveDir, job.name);
    if (!(await isReachable(source))) {
      throw new ExpectedError(`The rendered templates hold no job '${job.name}'`);
    }
    await this.bundles.install(jobBundle(job), async (dir) => {
      await cp(source, dir, { recursive: true, verbatimSymlinks: true });
      await this.#setModes(dir, false);
    });
  }

  /** Directories and files of `bin` 0750, all others 0640, root:vcap. */
  async #setModes(path: string, isProgram: boolean): Promise<void> {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return;
    await chmod(path, stats.isDirectory() || isProgram ? 0o750 : 0o640);
    await this.#ownership.give(path);
    if (!stats.isDirectory()) return;
    for (const name of await readdir(path)) await this.#setModes(join(path, name), isProgram || name === 'bin');
  }

  async enable(job: JobRef): Promise<void> {
    for (const parent of ['sys/log', 'sys/run', '.']) {
      await this.#ownership.makeDir(join(this.#dirs.data, parent, job.name), 0o770);
    }
    await this.bundles.enable(jobBundle(job));
  }

  async keepOnly(jobs: readonly JobRef[]): Promise<void> {
    await this.bundles.keepOnly(jobs.map(jobBundle));
  }
}

function jobBundle({ name, version, archive }: JobRef): BundleRef {
  return { name, version: archive.sha1 === '' ? version : `${version}-${archive.sha1}` };
}
