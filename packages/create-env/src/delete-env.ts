import { httpsAgent } from '@boti/agent-client';
import { openReleases, type ReleaseSet } from './artifacts/release-set.ts';
import { deleteStemcell, deleteUnusedStemcells } from './cloud/stemcells.ts';
import { downloadsDir, type EnvironmentOptions, installationsDir, runAlone } from './environment.ts';
import { checkCpiRelease } from './install/install-cpi.ts';
import {
  type InstallationDirs,
  installationDirs,
  prepareDirs,
  removeInstallation,
} from './install/installation-dirs.ts';
import { type CloudProvider, cloudProvider } from './manifest/cloud-provider.ts';
import { parseManifest } from './manifest/parse-manifest.ts';
import { checkReleaseSet } from './manifest/release-set.ts';
import { openStage, type Stage } from './stage.ts';
import { currentDisk, currentStemcell } from './state/deployment-state.ts';
import { migrateLegacyState } from './state/migrate-legacy-state.ts';
import { openStateFile, readState, type StateFile } from './state/state-file.ts';
import type { EnvContext } from './vm/env-context.ts';
import { removeVm } from './vm/remove-vm.ts';
import { deleteDisk, deleteUnusedDisks } from './vm/update-disks.ts';
import { type ReadyCpi, withCpi } from './with-cpi.ts';
import { within } from './within.ts';

export interface DeleteEnvOptions extends EnvironmentOptions {
  readonly skipDrain: boolean;
}

/** Deletes an environment: its VM, disks and stemcells, then all that this machine keeps of it. */
export async function deleteEnv(options: DeleteEnvOptions): Promise<void> {
  await runAlone(options, 'delete-env', () => run(options));
}

interface CpiSource {
  readonly deployment: string;
  readonly provider: CloudProvider;
  readonly releases: ReleaseSet;
}

async function run(options: DeleteEnvOptions): Promise<void> {
  const { statePath, manifest, places } = options;
  const stage = openStage(options.stage);
  const found = await readState(statePath);
  const state =
    found === undefined ? await migrateLegacyState(manifest.path, statePath) : await openStateFile(statePath, found);
  if (state === undefined) {
    stage.line('No deployment state file found.');
    return;
  }
  const dirs = installationDirs(installationsDir(places), {
    id: state.state.installation_id,
    packageDir: places.packageDir,
  });
  await prepareDirs(dirs);
  const source = await stage.group('validating', (steps) => validate(options, dirs, steps));
  // BOSH: what is left of a half-done delete has no current stemcell; upstream then says 1, which a CPI would refuse here.
  const stemcellApiVersion = currentStemcell(state.state)?.api_version ?? 2;
  await withCpi(
    options,
    { ...source, dirs, state, stemcellApiVersion: Math.max(stemcellApiVersion, 2) },
    { stage, work: (ready) => remove(options, { source, state, dirs, ready }, stage) },
  );
}

/** Of the releases only those that hold the CPI are needed. */
async function validate(options: DeleteEnvOptions, dirs: InstallationDirs, stage: Stage): Promise<CpiSource> {
  const { manifest, places, signal } = options;
  const parsed = parseManifest(manifest);
  checkReleaseSet(parsed, manifest.path);
  const provider = await cloudProvider(parsed, manifest.path);
  const needed = parsed.releases.filter(({ name }) => provider.jobs.some(({ release }) => release === name));
  const artifacts = { manifestPath: manifest.path, downloads: downloadsDir(places), tmp: dirs.tmp, signal };
  const releases = await openReleases(needed, artifacts, stage);
  await stage.step('Validating cpi release', () => checkCpiRelease(provider, releases));
  return { deployment: parsed.name, provider, releases };
}

interface Removal {
  readonly source: CpiSource;
  readonly state: StateFile;
  readonly dirs: InstallationDirs;
  readonly ready: ReadyCpi;
}

async function remove(options: DeleteEnvOptions, { source, state, dirs, ready }: Removal, stage: Stage): Promise<void> {
  const { signal, clock } = options;
  const { cloud } = ready;
  using agent = httpsAgent({
    url: source.provider.mbus,
    directorId: state.state.director_id,
    clock,
    ...(source.provider.ca !== '' && { ca: source.provider.ca }),
  });
  const warn = (text: string): void => options.stage.output.remark(text);
  const ctx: EnvContext = { agent, cloud, state, signal, clock, warn };
  await stage.group('deleting deployment', (steps) =>
    within('Deleting deployment', signal, () => removeCurrent(ctx, options, steps)),
  );
  await deleteUnusedDisks({ cloud, state }, stage);
  await deleteUnusedStemcells({ cloud, state }, stage);
  await stage.step('Uninstalling local artifacts for CPI and deployment', async () => {
    await removeInstallation(dirs);
    await state.remove();
  });
}

/** The stemcell is looked up first: with the VM it stops being the current one. */
async function removeCurrent(ctx: EnvContext, options: DeleteEnvOptions, stage: Stage): Promise<void> {
  const { state, cloud } = ctx;
  const stemcell = currentStemcell(state.state);
  await removeVm(ctx, options, stage);
  const disk = currentDisk(state.state);
  if (disk !== undefined) await deleteDisk(ctx, { disk, step: `Deleting disk '${disk.cid}'` }, stage);
  if (stemcell !== undefined) {
    await deleteStemcell({ cloud, state }, { record: stemcell, step: `Deleting stemcell '${stemcell.cid}'` }, stage);
  }
}
