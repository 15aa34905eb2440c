import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentState, ApplySpec, PackageRef } from '@boti/agent-protocol';
import { digestOf, ExpectedError } from '@boti/core';
import type { ReleaseJob } from '@boti/release';
import { renderedArchive, type TemplateRenderer } from '@boti/templates';
import { type PackageNode, packagesInOrder } from '../artifacts/package-order.ts';
import { type ReleaseSet, releaseOf } from '../artifacts/release-set.ts';
import type { Deployment } from '../manifest/deployment.ts';
import type { JobRef } from '../manifest/environment-manifest.ts';
import { renderJob } from '../render/render-job.ts';
import type { Stage } from '../stage.ts';
import { within } from '../within.ts';
import { type CompileContext, compilePackages } from './compile-packages.ts';
import { ask, runScript, waitUntilRunning } from './instance-steps.ts';

export interface UpdateContext extends CompileContext {
  readonly renderer: TemplateRenderer;
  readonly releases: ReleaseSet;
  readonly deployment: Deployment;
}

interface InstanceJob {
  readonly ref: JobRef;
  readonly job: ReleaseJob;
  readonly fingerprint: string;
}

/** Makes the VM what the manifest says: packages, jobs, running processes. */
export async function updateInstance(ctx: UpdateContext, stage: Stage): Promise<void> {
  const { deployment, signal } = ctx;
  const name = `${deployment.group}/0`;
  await within('Applying the initial agent state', signal, () => ask(ctx, 'apply', [initialSpec(deployment)]));
  const state = await ask(ctx, 'get_state', []);
  const spec = await within(`Building state for instance '${name}'`, signal, () => buildSpec(ctx, state, stage));
  await stage.step(`Updating instance '${name}'`, async () => {
    await ask(ctx, 'stop', []);
    await ask(ctx, 'apply', [spec]);
    await runScript(ctx, 'pre-start');
    await ask(ctx, 'start', []);
  });
  await stage.step(`Waiting for instance '${name}' to be running`, () => waitUntilRunning(ctx, deployment.watchTime));
  await stage.step(`Running the post-start scripts '${name}'`, () => runScript(ctx, 'post-start'));
}

/** Tells the agent who it is, so that it can say what address it has. */
function initialSpec({ name, group, networks }: Deployment): ApplySpec {
  return {
    deployment: name,
    name: group,
    index: 0,
    id: '0',
    az: 'unknown',
    packages: {},
    networks: networks as ApplySpec['networks'],
    job: { name: group, templates: [] },
    rendered_templates_archive: { blobstore_id: '', sha1: '' },
    // BOSH: bosh-cli says no more in either spec, see deployment/applyspec.
    configuration_hash: 'unused-configuration-hash',
  };
}

async function buildSpec(ctx: UpdateContext, state: AgentState, stage: Stage): Promise<ApplySpec> {
  const { deployment } = ctx;
  const jobs = await instanceJobs(ctx);
  const archive = await stage.step('Rendering job templates', () => uploadRendered(ctx, jobs, addressOf(ctx, state)));
  const packages = await compilePackages(ctx, await packagesOf(ctx, jobs), stage);
  return {
    ...initialSpec(deployment),
    packages: packages as Record<string, PackageRef>,
    job: {
      name: deployment.group,
      templates: jobs.map(({ job, fingerprint }) => ({
        name: job.spec.name,
        version: fingerprint,
        sha1: '',
        blobstore_id: '',
      })),
    },
    rendered_templates_archive: archive,
  };
}

async function instanceJobs({ deployment, releases }: UpdateContext): Promise<readonly InstanceJob[]> {
  return await Promise.all(
    deployment.jobs.map(async (ref) => {
      const release = releaseOf(releases, ref.release);
      const job = await release.job(ref.name);
      const entry = release.manifest.jobs.find(({ name }) => name === ref.name);
      return { ref, job, fingerprint: entry?.fingerprint ?? entry?.version ?? '' };
    }),
  );
}

/** Of the network that has the gateway. On dynamic networks only the agent knows it. */
function addressOf({ deployment }: UpdateContext, state: AgentState): string | undefined {
  const entries = Object.entries(deployment.networks);
  const [name, network] = entries.find(([, { default: kinds }]) => kinds?.includes('gateway')) ?? entries[0] ?? [];
  if (name === undefined || network === undefined) return undefined;
  return network.type === 'dynamic' ? state.networks?.[name]?.ip : network.ip;
}

async function uploadRendered(
  ctx: UpdateContext,
  jobs: readonly InstanceJob[],
  address: string | undefined,
): Promise<{ readonly blobstore_id: string; readonly sha1: string }> {
  const { deployment, renderer, signal, agent, tmp } = ctx;
  const rendered = await Promise.all(
    jobs.map(({ ref, job }) =>
      renderJob(renderer, job, {
        signal,
        input: {
          deployment: deployment.name,
          own: ref.properties,
          group: deployment.properties,
          global: deployment.globalProperties,
          address,
        },
      }),
    ),
  );
  const archive = await renderedArchive(rendered);
  const path = join(tmp, 'rendered-jobs.tgz');
  await writeFile(path, archive, { mode: 0o600 });
  const id = randomUUID();
  await within('Uploading the rendered job templates', signal, () => agent.uploadBlob(id, path, signal));
  return { blobstore_id: id, sha1: digestOf(archive) };
}

async function packagesOf(
  { deployment, releases }: UpdateContext,
  jobs: readonly InstanceJob[],
): Promise<readonly PackageNode[]> {
  const found: PackageNode[] = [];
  for (const { ref, job } of jobs) {
    const release = await releaseOf(releases, ref.release).extract();
    for (const node of packagesInOrder(release, job.spec.packages)) add(found, node, deployment.group);
  }
  return found;
}

/** A VM has one folder for all packages: of two with one name they must be the same. */
function add(found: PackageNode[], node: PackageNode, group: string): void {
  const other = found.find(({ name }) => name === node.name);
  if (other === undefined) found.push(node);
  else if (other.fingerprint !== node.fingerprint) {
    throw new ExpectedError(
      `Instance group '${group}' needs two different packages with the name '${node.name}': of release '${other.release}' and of release '${node.release}'`,
      { hint: 'Take versions of the releases that have the same package, or rename one.' },
    );
  }
}
