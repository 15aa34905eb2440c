import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { blobId, digestOfFile } from '@boti/core';
import { formatReleaseManifest, type ReleaseManifest, type TarballPart, writeReleaseTarball } from '@boti/release';
import { insertBlob } from '../../blobs/blob-store.ts';
import { keepBlob, putBlob } from '../../blobs/pending-blobs.ts';
import type { DeployContext } from '../../deploy/context.ts';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { onDeployment } from '../../deploy/on-deployment.ts';
import { type CompiledForms, compilePackages } from '../../deploy/stages/compile-packages.ts';
import { makePlan } from '../../deploy/stages/prepare-plan.ts';
import { recoverDeployment } from '../../deploy/stages/recover-deployment.ts';
import { storedDeployRequest } from '../../deploy/stored-deploy-request.ts';
import { ReleaseNotMatchingManifest, ReleaseVersionNotFound, StemcellNotFound } from '../../errors.ts';
import type { PackageRequirement, StemcellPlan } from '../../planner/plan.ts';
import type { ReleaseJob, ReleaseSnapshot } from '../../planner/snapshot.ts';
import { exportedJobs, exportRequirements } from '../../releases/export-requirements.ts';
import { releaseSnapshots } from '../../releases/release-snapshots.ts';
import { findReleaseId, versionsOf } from '../../releases/release-store.ts';
import { listStemcells } from '../../stemcells/stemcell-store.ts';
import { exportReleaseTask } from '../task-kinds.ts';
import { type TaskType, taskType } from '../task-type.ts';

interface Input {
  readonly deployment: string;
  readonly release: string;
  readonly version: string;
  readonly stemcellOs: string;
  readonly stemcellVersion: string;
  readonly sha2: boolean;
  readonly jobs: readonly string[];
}

interface Export {
  readonly release: ReleaseSnapshot;
  readonly stemcell: StemcellPlan;
  readonly jobs: readonly ReleaseJob[];
  readonly requirements: readonly PackageRequirement[];
  readonly forms: CompiledForms;
}

const lockWaitMs = 15 * 60_000;

/** Compiles a release for a stemcell, on the deployment's compilation VMs, and packs what came out. */
export function exportRelease(deps: DeployServices): TaskType<Input> {
  return taskType(exportReleaseTask, async (input, task) => {
    const write = (line: string): void => task.result.write(line);
    const { deployment, release, version, stemcellOs, stemcellVersion } = input;
    await onDeployment(deps, task, { deployment, lockWaitMs, work: (ctx) => exportOne(ctx, input, write) });
    return `Exported release: ${release}/${version} for ${stemcellOs}/${stemcellVersion}`;
  });
}

async function exportOne(ctx: DeployContext, input: Input, write: (line: string) => void): Promise<void> {
  await recoverDeployment(ctx);
  const exported = await compile(ctx, input);
  const directory = await mkdtemp(join(ctx.workDir, 'export-'));
  try {
    const path = await pack(ctx, exported, directory);
    const sha1 = await digestOfFile(path, input.sha2 ? 'sha256' : 'sha1');
    const blobstoreId = await putBlob(ctx, { path });
    await ctx.database.transaction(async (sql) => {
      await insertBlob(sql, { blobstoreId, sha1, type: 'exported-release' });
      await keepBlob(sql, blobstoreId);
    });
    write(`${JSON.stringify({ blobstore_id: blobstoreId, sha1 })}\n`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function compile(ctx: DeployContext, input: Input): Promise<Export> {
  const plan = await makePlan(ctx, await storedDeployRequest(ctx));
  if (!plan.releases.some(({ name, version }) => name === input.release && version === input.version)) {
    throw new ReleaseNotMatchingManifest(
      `Release version '${input.release}/${input.version}' not found in deployment '${input.deployment}' manifest`,
    );
  }
  const stemcell = await findStemcell(ctx, input);
  const snapshots = await releaseSnapshots(ctx.database, [input.release]);
  const release = snapshots.find(({ version }) => version === input.version);
  if (release === undefined) throw new ReleaseVersionNotFound(input.release, input.version);
  const jobs = exportedJobs(release, input.jobs);
  const packages =
    input.jobs.length === 0 ? release.packages.map(({ name }) => name) : jobs.flatMap((job) => job.packageNames);
  const requirements = exportRequirements(release, packages, stemcell);
  return {
    release,
    stemcell,
    jobs,
    requirements,
    forms: await compilePackages(ctx, { ...plan, packages: requirements }),
  };
}

async function findStemcell({ database }: DeployContext, input: Input): Promise<StemcellPlan> {
  const { stemcellOs, stemcellVersion } = input;
  const found = (await listStemcells(database)).filter(
    ({ operatingSystem, version }) => operatingSystem === stemcellOs && version === stemcellVersion,
  );
  const [first] = found;
  if (first === undefined) {
    throw new StemcellNotFound(`Stemcell version '${stemcellVersion}' for OS '${stemcellOs}' doesn't exist`);
  }
  const byCpi = Object.fromEntries(found.map((stemcell) => [stemcell.cpi, stemcell]));
  return {
    alias: '',
    name: first.name,
    operatingSystem: stemcellOs,
    version: stemcellVersion,
    compileKey: first.compileKey,
    byCpi,
  };
}

async function pack(ctx: DeployContext, exported: Export, directory: string): Promise<string> {
  await mkdir(join(directory, 'compiled_packages'));
  await mkdir(join(directory, 'jobs'));
  const packages = exported.requirements
    .map((requirement, index) => ({ requirement, form: exported.forms[index] }))
    .sort((a, b) => (a.requirement.package.name < b.requirement.package.name ? -1 : 1));
  const parts: TarballPart[] = [];
  const fetch = async (member: string, id: string): Promise<void> => {
    const path = join(directory, member);
    await ctx.blobstore.get(blobId(id), path, { signal: ctx.signal });
    parts.push({ member, path });
  };
  const copyingPackages = ctx.events.stage('copying packages', packages.length);
  for (const { requirement, form } of packages) {
    const { name, version } = requirement.package;
    await copyingPackages.track(`${name}/${version}`, () =>
      fetch(`compiled_packages/${name}.tgz`, form?.blobstoreId ?? ''),
    );
  }
  const copyingJobs = ctx.events.stage('copying jobs', exported.jobs.length);
  for (const { name, version, blobstoreId } of exported.jobs) {
    await copyingJobs.track(`${name}/${version}`, () => fetch(`jobs/${name}.tgz`, blobstoreId));
  }
  const path = join(directory, 'release.tgz');
  await writeReleaseTarball(path, formatReleaseManifest(await manifest(ctx, exported)), { parts, signal: ctx.signal });
  return path;
}

async function manifest({ database }: DeployContext, exported: Export): Promise<ReleaseManifest> {
  const { release, stemcell, jobs, requirements, forms } = exported;
  const id = await findReleaseId(database, release.name);
  const versions = id === undefined ? [] : await versionsOf(database, id);
  const stored = versions.find(({ version }) => version === release.version);
  const compiled = requirements.map((requirement, index) => {
    const { name, version, fingerprint } = requirement.package;
    const dependencies = requirement.dependencies.map((at) => requirements[at]?.package.name ?? '').sort();
    const sha1 = forms[index]?.sha1 ?? '';
    return {
      name,
      version,
      fingerprint,
      sha1,
      stemcell: `${stemcell.operatingSystem}/${stemcell.version}`,
      dependencies,
    };
  });
  return {
    name: release.name,
    version: release.version,
    commit_hash: stored?.commitHash ?? '',
    uncommitted_changes: stored?.uncommittedChanges ?? false,
    jobs: jobs.map(({ name, version, fingerprint, sha1 }) => ({ name, version, fingerprint, sha1 })),
    compiled_packages: compiled.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
