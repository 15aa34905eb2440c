import { randomUUID } from 'node:crypto';
import { httpsAgent } from '@boti/agent-client';
import { openReleases, type ReleaseSet, releaseOf } from './artifacts/release-set.ts';
import { checkFormats, type OpenStemcell, openStemcell } from './artifacts/stemcell.ts';
import { deleteUnusedStemcells, uploadStemcell } from './cloud/stemcells.ts';
import { cacheOf, downloadsDir, type EnvironmentOptions, installationsDir, runAlone } from './environment.ts';
import { checkCpiRelease } from './install/install-cpi.ts';
import { type InstallationDirs, installationDirs, prepareDirs, removeTmp } from './install/installation-dirs.ts';
import { type CloudProvider, cloudProvider } from './manifest/cloud-provider.ts';
import { type Deployment, deploymentOf } from './manifest/deployment.ts';
import { manifestDigest, parseManifest } from './manifest/parse-manifest.ts';
import { checkReleaseSet } from './manifest/release-set.ts';
import { openStage, type Stage } from './stage.ts';
import { currentStemcell } from './state/deployment-state.ts';
import { migrateLegacyState } from './state/migrate-legacy-state.ts';
import { openStateFile, readState, type StateFile } from './state/state-file.ts';
import { createVm } from './vm/create-vm.ts';
import type { EnvContext } from './vm/env-context.ts';
import { removeVm } from './vm/remove-vm.ts';
import { updateDisks } from './vm/update-disks.ts';
import { updateInstance } from './vm/update-instance.ts';
import { isAddressTaken, waitForAgent } from './vm/wait-for-agent.ts';
import { type ReadyCpi, withCpi } from './with-cpi.ts';
import { within } from './within.ts';

export interface CreateEnvOptions extends EnvironmentOptions {
  /** Make a new VM even if nothing has changed. */
  readonly recreate: boolean;
  /** … and a new disk, to which the old one's content is moved. */
  readonly recreatePersistentDisks: boolean;
  readonly skipDrain: boolean;
}

/** What the manifest asks for, checked. */
interface Plan {
  readonly digest: string;
  readonly provider: CloudProvider;
  readonly deployment: Deployment;
  readonly releases: ReleaseSet;
  readonly stemcell: OpenStemcell;
}

/** Makes an environment, or brings it to what the manifest says. */
export async function createEnv(options: CreateEnvOptions): Promise<void> {
  await runAlone(options, 'create-env', () => run(options));
}

async function run(options: CreateEnvOptions): Promise<void> {
  const { statePath, manifest, stage: output, places } = options;
  const stage = openStage(output);
  const found = await readState(statePath);
  const migrated = found === undefined ? await migrateLegacyState(manifest.path, statePath) : undefined;
  if (migrated !== undefined) stage.line('Took over the state of a MicroBOSH: bosh-deployments.yml');
  const state = migrated ?? (await openStateFile(statePath, found));
  const dirs = installationDirs(installationsDir(places), {
    id: state.state.installation_id,
    packageDir: places.packageDir,
  });
  await prepareDirs(dirs);
  try {
    const plan = await stage.group('validating', (steps) => validate(options, { state, dirs }, steps));
    if (isDeployed(state, plan) && !options.recreate && !options.recreatePersistentDisks) {
      stage.line('No deployment, stemcell or release changes. Skipping deploy.');
      return;
    }
    await deployWithCpi(options, { plan, state, dirs }, stage);
  } finally {
    await removeTmp(dirs);
  }
}

interface Known {
  readonly state: StateFile;
  readonly dirs: InstallationDirs;
}

async function validate(options: CreateEnvOptions, { state, dirs }: Known, stage: Stage): Promise<Plan> {
  const { manifest, places, signal } = options;
  const digest = manifestDigest(manifest);
  const parsed = parseManifest(manifest);
  checkReleaseSet(parsed, manifest.path);
  const provider = await cloudProvider(parsed, manifest.path);
  const artifacts = { manifestPath: manifest.path, downloads: downloadsDir(places), tmp: dirs.tmp, signal };
  const releases = await openReleases(parsed.releases, artifacts, stage);
  // What was deployed from this very manifest was checked then.
  const isKnown = digest === state.state.current_manifest_sha && haveReleases(state, releases);
  await stage.step('Validating cpi release', async () => {
    if (!isKnown) await checkCpiRelease(provider, releases);
  });
  const deployment = await stage.step('Validating deployment manifest', async () => {
    const checked = deploymentOf(parsed, manifest.path);
    if (!isKnown) await checkJobs(checked, releases);
    return checked;
  });
  const stemcell = await openStemcell(deployment.resourcePool, artifacts, stage);
  return { digest, provider, deployment, releases, stemcell };
}

async function checkJobs({ jobs }: Deployment, releases: ReleaseSet): Promise<void> {
  for (const { name, release } of jobs) await releaseOf(releases, release).job(name);
}

function isDeployed({ state }: StateFile, { digest, releases, stemcell }: Plan): boolean {
  const current = currentStemcell(state);
  return (
    state.current_manifest_sha === digest &&
    current?.name === stemcell.manifest.name &&
    current.version === stemcell.manifest.version &&
    haveReleases({ state }, releases)
  );
}

function haveReleases({ state }: Pick<StateFile, 'state'>, releases: ReleaseSet): boolean {
  if (state.releases.length === 0 || state.releases.length !== releases.size) return false;
  return [...releases.values()].every(({ name, version }) =>
    state.releases.some((record) => record.name === name && record.version === version),
  );
}

async function deployWithCpi(
  options: CreateEnvOptions,
  { plan, state, dirs }: Known & { readonly plan: Plan },
  stage: Stage,
): Promise<void> {
  const { provider, deployment, releases, stemcell } = plan;
  const use = {
    deployment: deployment.name,
    provider,
    releases,
    dirs,
    state,
    stemcellApiVersion: stemcell.manifest.apiVersion,
  };
  await withCpi(options, use, { stage, work: (ready) => deploy(options, { plan, state, ready }, stage) });
}

interface Deploying {
  readonly plan: Plan;
  readonly state: StateFile;
  readonly ready: ReadyCpi;
}

async function deploy(options: CreateEnvOptions, deploying: Deploying, stage: Stage): Promise<void> {
  const { signal, clock } = options;
  const { plan, state, ready } = deploying;
  const { cloud, tmp } = ready;
  checkFormats(plan.stemcell.manifest, cloud.info.stemcell_formats);
  const stemcell = await uploadStemcell({ cloud, state, tmp, signal }, plan.stemcell, stage);
  using agent = httpsAgent({
    url: plan.provider.mbus,
    directorId: state.state.director_id,
    clock,
    ...(plan.provider.ca !== '' && { ca: plan.provider.ca }),
  });
  const warn = (text: string): void => options.stage.output.remark(text);
  const ctx: EnvContext = { agent, cloud, state, signal, clock, warn };
  await stage.group('deploying', (steps) =>
    within('Deploying', signal, () => replaceInstance(options, { ...deploying, ctx, stemcell }, steps)),
  );
  await deleteUnusedStemcells({ cloud, state }, stage);
}

interface Replacing extends Deploying {
  readonly ctx: EnvContext;
  readonly stemcell: Parameters<typeof createVm>[1]['stemcell'];
}

/** The old VM goes first: both would have the same address. */
async function replaceInstance(options: CreateEnvOptions, replacing: Replacing, stage: Stage): Promise<void> {
  const { ctx, plan, state, ready, stemcell } = replacing;
  const { deployment, releases, provider } = plan;
  await state.update({ current_manifest_sha: '', current_release_ids: [], releases: [] });
  await removeVm(ctx, options, stage);
  await within(`Creating instance '${deployment.group}/0'`, options.signal, async () => {
    const answeredBefore = await isAddressTaken(ctx, deployment, provider);
    const vm = await createVm(ctx, { deployment, stemcell }, stage);
    await waitForAgent(ctx, { cid: vm.cid, deployment, provider, answeredBefore }, stage);
    await updateDisks(ctx, { vm: vm.cid, deployment, recreate: options.recreatePersistentDisks }, stage);
  });
  await updateInstance(
    {
      ...ctx,
      cache: cacheOf(options.places),
      stemcell: plan.stemcell.manifest,
      tmp: ready.tmp,
      renderer: ready.renderer,
      releases,
      deployment,
    },
    stage,
  );
  const records = [...releases.values()].map(({ name, version }) => ({ id: randomUUID(), name, version }));
  await state.update({
    current_manifest_sha: plan.digest,
    current_release_ids: records.map(({ id }) => id),
    releases: records,
  });
}
