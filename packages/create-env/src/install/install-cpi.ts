import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CompileCache } from '@boti/compile-cache';
import { ExpectedError } from '@boti/core';
import type { ReleaseJob } from '@boti/release';
import type { RenderedJob, TemplateRenderer } from '@boti/templates';
import { packagesInOrder } from '../artifacts/package-order.ts';
import { type ReleaseSet, releaseOf } from '../artifacts/release-set.ts';
import type { CloudProvider } from '../manifest/cloud-provider.ts';
import type { JobRef } from '../manifest/environment-manifest.ts';
import { renderJob } from '../render/render-job.ts';
import type { Stage } from '../stage.ts';
import { within } from '../within.ts';
import type { InstallationDirs } from './installation-dirs.ts';
import { installLocalPackages } from './local-packages.ts';

/** The CPI's executable on this machine. */
export interface InstalledCpi {
  readonly executable: string;
  readonly dirs: InstallationDirs;
}

export interface InstallOptions {
  readonly deployment: string;
  readonly provider: CloudProvider;
  readonly releases: ReleaseSet;
  readonly dirs: InstallationDirs;
  readonly cache: CompileCache;
  readonly renderer: TemplateRenderer;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

interface CpiJob {
  readonly ref: JobRef;
  readonly job: ReleaseJob;
}

const executableName = 'bin/cpi';

/** Throws unless exactly one of the CPI's jobs has the executable. */
export async function checkCpiRelease({ jobs }: CloudProvider, releases: ReleaseSet): Promise<void> {
  const found = await cpiJobs(jobs, releases);
  const withExecutable = found.filter(hasExecutable);
  if (withExecutable.length === 1) return;
  const names = jobs.map(({ name, release }) => `'${name}' of release '${release}'`).join(', ');
  throw new ExpectedError(
    withExecutable.length === 0
      ? `Invalid CPI release: job ${names} has no template that renders to '${executableName}'`
      : `Invalid CPI release: more than one of the jobs ${names} has a template that renders to '${executableName}'`,
    { hint: 'cloud_provider.template names the job of the CPI.' },
  );
}

async function cpiJobs(jobs: readonly JobRef[], releases: ReleaseSet): Promise<readonly CpiJob[]> {
  return await Promise.all(
    jobs.map(async (ref) => ({ ref, job: await releaseOf(releases, ref.release).job(ref.name) })),
  );
}

function hasExecutable({ job }: CpiJob): boolean {
  return Object.values(job.spec.templates).includes(executableName);
}

/** Compiles the CPI's packages and renders its jobs. */
export async function installCpi(options: InstallOptions, stage: Stage): Promise<InstalledCpi> {
  return await stage.group('installing CPI', (steps) =>
    within('Installing CPI', options.signal, () => installInto(options, steps)),
  );
}

async function installInto(options: InstallOptions, stage: Stage): Promise<InstalledCpi> {
  const { provider, releases, dirs, signal, cache, environment } = options;
  const jobs = await cpiJobs(provider.jobs, releases);
  const packages = (
    await Promise.all(
      jobs.map(async ({ ref, job }) =>
        packagesInOrder(await releaseOf(releases, ref.release).extract(), job.spec.packages),
      ),
    )
  ).flat();
  const once = packages.filter(({ name }, index) => packages.findIndex((other) => other.name === name) === index);
  await installLocalPackages(once, { packagesDir: dirs.packages, tmp: dirs.tmp, cache, environment, signal }, stage);
  const rendered = await stage.step('Rendering job templates', () => renderAll(jobs, options));
  await rm(dirs.jobs, { recursive: true, force: true });
  for (const job of rendered) await stage.step(`Installing job '${job.name}'`, () => writeJob(job, dirs.jobs));
  const main = jobs.find(hasExecutable)?.job.spec.name ?? '';
  return { executable: join(dirs.jobs, main, executableName), dirs };
}

async function renderAll(jobs: readonly CpiJob[], options: InstallOptions): Promise<readonly RenderedJob[]> {
  const { deployment, provider, renderer, signal } = options;
  return await Promise.all(
    jobs.map(({ ref, job }) =>
      renderJob(renderer, job, {
        signal,
        input: { deployment, own: ref.properties, group: provider.properties, global: {}, address: undefined },
      }),
    ),
  );
}

/** For this user only: the files hold the cloud's credentials. */
async function writeJob({ name, monit, files }: RenderedJob, jobsDir: string): Promise<void> {
  const all = [...files, { destination: 'monit', content: monit }];
  for (const { destination, content } of all) {
    const path = join(jobsDir, name, destination);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, content, { mode: 0o600 });
    if (destination.startsWith('bin/')) await chmod(path, 0o700);
  }
}
