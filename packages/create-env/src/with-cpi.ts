import { openTempDir } from '@boti/core';
import type { TemplateRenderer } from '@boti/templates';
import { createTemplateRenderer } from '@boti/templates';
import type { ReleaseSet } from './artifacts/release-set.ts';
import { type EnvCloud, openEnvCloud } from './cloud/env-cloud.ts';
import { cacheOf, type EnvironmentOptions } from './environment.ts';
import { installCpi } from './install/install-cpi.ts';
import { type InstallationDirs, removeRendered } from './install/installation-dirs.ts';
import type { CloudProvider } from './manifest/cloud-provider.ts';
import type { Stage } from './stage.ts';
import type { StateFile } from './state/state-file.ts';

export interface CpiUse {
  readonly deployment: string;
  readonly provider: CloudProvider;
  readonly releases: ReleaseSet;
  readonly dirs: InstallationDirs;
  readonly state: StateFile;
  readonly stemcellApiVersion: number;
}

export interface ReadyCpi {
  readonly cloud: EnvCloud;
  readonly renderer: TemplateRenderer;
  /** For what the work itself unpacks. */
  readonly tmp: string;
}

/** Installs the CPI on this machine, lets `work` use it and removes what holds its credentials. */
export async function withCpi(
  options: EnvironmentOptions,
  use: CpiUse,
  { stage, work }: { readonly stage: Stage; readonly work: (ready: ReadyCpi) => Promise<void> },
): Promise<void> {
  const { dirs, state } = use;
  const { environment, signal, stage: output } = options;
  await using own = options.renderer === undefined ? createTemplateRenderer() : undefined;
  const renderer = (options.renderer ?? own) as TemplateRenderer;
  await using tmp = await openTempDir('run-', dirs.tmp);
  const warming = warmUp(renderer, signal);
  try {
    const cpi = await installCpi({ ...use, cache: cacheOf(options.places), renderer, environment, signal }, stage);
    await using cloud = await openEnvCloud({
      cpi,
      state,
      stemcellApiVersion: use.stemcellApiVersion,
      environment,
      signal,
      ...(options.onCpiCall && { onCall: options.onCpiCall }),
      ...(options.cpiDeadlines && { deadlines: options.cpiDeadlines }),
    });
    await cloud.recover((text) => output.output.remark(text));
    await work({ cloud, renderer, tmp: tmp.path });
  } finally {
    await warming;
    await stage.step('Cleaning up rendered CPI jobs', () => removeRendered(dirs));
  }
}

/** Ruby takes a second to start: it does so while packages are compiled. What fails here fails again when it is needed. */
async function warmUp(renderer: TemplateRenderer, signal: AbortSignal): Promise<void> {
  const templates = [{ source: 'nothing', destination: 'nothing', erb: '' }];
  const context = {
    ...{ name: '', index: 0, id: '', az: '', bootstrap: true, job: { name: '' }, deployment: '', networks: {} },
    ...{ global_properties: {}, cluster_properties: {}, job_properties: null, default_properties: {}, properties: {} },
  };
  await renderer.render({ dialect: 'create-env', job: 'nothing', templates, context }, signal).catch(() => undefined);
}
