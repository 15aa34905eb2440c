import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApplySpec, PackageRef } from '@boti/agent-protocol';
import { isReachable, mapConcurrent, writeFileAtomic } from '@boti/core';
import { within } from '../action-error.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Dirs } from '../dirs.ts';
import type { JobSupervisor } from '../job-supervisor/job-supervisor.ts';
import type { Jobs } from './jobs.ts';
import type { Packages } from './packages.ts';
import { jobsOf, maxLogFileSize } from './spec-store.ts';

export interface ApplierDeps {
  readonly dirs: Dirs;
  readonly blobs: Blobs;
  readonly supervisor: JobSupervisor;
  readonly jobs: Jobs;
  readonly packages: Packages;
  readonly parallel: () => number;
}

/** Makes the VM hold what an apply spec says. Source: bosh-agent agent/applier/concrete_applier.go. */
export class Applier {
  readonly #deps: ApplierDeps;

  constructor(deps: ApplierDeps) {
    this.#deps = deps;
  }

  /** Downloads and unpacks everything; nothing that is in use changes. */
  async prepare(spec: ApplySpec): Promise<void> {
    const { jobs, packages, parallel } = this.#deps;
    const prepareJobs = (): Promise<void> => within('Preparing jobs', () => jobs.prepare(jobsOf(spec)));
    const prepareEach = packagesOf(spec).map(
      (ref) => (): Promise<void> => within(`Preparing package ${ref.name}`, () => packages.prepare(ref)),
    );
    await mapConcurrent([prepareJobs, ...prepareEach], parallel(), (work) => work());
    await this.#forgetArchive(spec);
  }

  async apply(spec: ApplySpec): Promise<void> {
    const { jobs, packages, supervisor } = this.#deps;
    const wanted = jobsOf(spec);
    await supervisor.removeAllJobs();
    await within('Preparing jobs', () => jobs.prepare(wanted));
    for (const job of wanted) await within(`Applying job ${job.name}`, () => jobs.enable(job));
    await this.#forgetArchive(spec);
    await within('Keeping only needed jobs', () => jobs.keepOnly(wanted));
    const refs = packagesOf(spec);
    for (const ref of refs) await within(`Applying package ${ref.name}`, () => packages.apply(ref));
    for (const job of wanted) await packages.linkForJob(job.name, refs);
    await within('Keeping only needed packages', () => packages.keepOnly(refs));
    await within('Reloading jobSupervisor', () => supervisor.reload());
    await this.#setUpLogrotate(maxLogFileSize(spec));
  }

  /** Gives the job supervisor the monit files of all jobs: the last job gets the lowest number. */
  async configureJobs(spec: ApplySpec): Promise<void> {
    const { jobs, supervisor } = this.#deps;
    const reversed = jobsOf(spec).toReversed();
    for (const [index, { name }] of reversed.entries()) {
      const dir = jobs.bundles.enabledPath(name);
      if (await isReachable(join(dir, 'monit'))) await supervisor.addJob(name, index, join(dir, 'monit'));
      const more = (await readdir(dir).catch(() => [])).filter((file) => file.endsWith('.monit'));
      for (const file of more.toSorted()) {
        await supervisor.addJob(`${name}_${file.slice(0, -'.monit'.length)}`, index, join(dir, file));
      }
    }
    await within('Reloading jobSupervisor', () => supervisor.reload());
  }

  async #forgetArchive(spec: ApplySpec): Promise<void> {
    await this.#deps.blobs.forget(spec.rendered_templates_archive?.blobstore_id ?? '');
  }

  async #setUpLogrotate(size: string): Promise<void> {
    const { dirs } = this.#deps;
    const logs = [
      join(dirs.data, 'sys/log/*.log'),
      join(dirs.data, 'sys/log/*/*.log'),
      join(dirs.data, 'sys/log/*/*/*.log'),
    ];
    const text = `# Written by bosh-agent
${logs.join(' ')} {
  missingok
  rotate 7
  compress
  copytruncate
  size=${size}
}
`;
    await mkdir(dirs.etc('logrotate.d'), { recursive: true });
    await writeFileAtomic(dirs.etc('logrotate.d/vcap'), text, 0o600);
  }
}

export function packagesOf(spec: ApplySpec): readonly PackageRef[] {
  return Object.values(spec.packages ?? {});
}
