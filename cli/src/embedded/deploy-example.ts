import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '@boti/core';
import { parseErrandResults, parseVmStates, type Task, TaskFailed } from '@boti/director-api';
import { buildStemcell } from '@boti/stemcell-builder';
import type { DeploymentContext } from '../command.ts';
import { isHealthy } from '../instances/vm-states.ts';
import { renderManifest } from '../manifest/render-manifest.ts';
import { uploadRelease } from '../releases/upload-release.ts';
import { awaitTask } from '../session/follow-task.ts';
import { uploadStemcell } from '../stemcells/upload-stemcell.ts';
import type { BotiHome } from './boti-home.ts';
import { buildExampleRelease, recordExampleRelease } from './example-release.ts';
import type { Progress } from './progress.ts';
import { sourceTree } from './source-tree.ts';

export const exampleName = 'redis';
const errandName = 'smoke-tests';

/** Builds the stemcell, or finds it in the cache. Can go on beside everything else. */
export async function prepareStemcell(home: BotiHome, progress: Progress, signal: AbortSignal): Promise<string> {
  let path = '';
  await progress.step('stemcell', async (detail) => {
    let shown = '';
    const built = await buildStemcell({
      cacheDir: join(home.cache, 'stemcells'),
      logFile: join(home.log, 'stemcell.log'),
      signal,
      onProgress(event) {
        if (event.stage !== shown) detail(`${event.stage}: ${event.detail}`);
        shown = event.stage;
      },
    });
    path = built.path;
    return `${built.manifest.name}/${built.manifest.version} ${built.fromCache ? 'is in the cache' : 'built'}`;
  });
  return path;
}

/** The embedded cloud's own cloud config, or a given one. */
export async function uploadCloudConfig(
  { director }: DeploymentContext,
  { home: { addresses }, given }: { readonly home: BotiHome; readonly given: string | undefined },
  progress: Progress,
): Promise<void> {
  await progress.step('cloud config', async () => {
    const network = addresses.network.replace(/0\/24$/, '');
    const own = async (): Promise<string> =>
      (await readFile(sourceTree.cloudConfig, 'utf8')).replaceAll('10.244.0.', network);
    const content = given === undefined ? await own() : await readFile(given, 'utf8');
    const stored = await director.legacyConfigs.latest('cloud');
    if (stored !== undefined) return stored === content ? 'is there already' : 'another one is there; left alone';
    await director.legacyConfigs.update('cloud', content);
    return 'stored';
  });
}

export async function uploadBuiltStemcell(context: DeploymentContext, progress: Progress, path: string): Promise<void> {
  await progress.step('stemcell', async () => {
    await finishRunningTasks(context, (task) => task.description === 'create stemcell');
    return (await uploadStemcell(context, path, {})) ? 'uploaded' : 'is there already';
  });
}

/** Beside the upload of the stemcell, whose task is shown. */
export async function uploadExampleRelease(
  context: DeploymentContext,
  home: BotiHome,
  progress: Progress,
): Promise<void> {
  const { director, signal } = context;
  await progress.step('example release', async (detail) => {
    const release = await buildExampleRelease(home, {
      signal,
      onProgress: detail,
      async uploadedVersions() {
        const found = (await director.releases.list()).find(({ name }) => name === exampleName);
        return (found?.release_versions ?? []).map(({ version }) => version);
      },
    });
    if (release.tarball === undefined) return `${exampleName}/${release.version} is there already`;
    await uploadRelease({ ...context, followTask: (task) => awaitTask(context, task) }, release.tarball, {});
    await recordExampleRelease(home, release);
    return `${exampleName}/${release.version} uploaded`;
  });
}

/** Deploys the example and runs its test, unless it is deployed as it should be and runs. Returns whether it did. */
export async function deployExample(context: DeploymentContext, home: BotiHome, progress: Progress): Promise<boolean> {
  const { director, deployment, env } = context;
  const hasWaited = await finishRunningTasks(context, (task) => task.deployment === deployment);
  const { text: manifest } = await renderManifest(sourceTree.exampleManifest, templateFlags(home), env);
  const diff = await director.deployments.diff(deployment, manifest, true);
  if (diff.error !== undefined) throw new ExpectedError(diff.error);
  const isUpToDate = diff.diff.length === 0 && (await isRunning(context));
  if (isUpToDate && !hasWaited && (await isTested(context))) {
    progress.say(`  deployment ${deployment}: nothing has changed, and all of it runs`);
    return false;
  }
  await progress.step(`deployment ${deployment}`, async () => {
    if (isUpToDate) return 'is deployed already';
    await deployAndFollow(context, await director.deployments.deploy(manifest, { context: diff.context }));
    return 'deployed';
  });
  await progress.step(`errand ${errandName}`, () => runErrand(context));
  return true;
}

/** Whether its test has passed since the last deploy: an `up` that was interrupted may have missed the end of its deploy. */
async function isTested({ director, deployment }: DeploymentContext): Promise<boolean> {
  const tasks = (await director.tasks.list({ deployment, limit: 100 })).toSorted((a, b) => b.id - a.id);
  const last = (ours: (task: Task) => boolean): number => tasks.find(ours)?.id ?? 0;
  const deployed = last(({ description }) => description === 'create deployment');
  const tested = last(
    ({ description, result }) =>
      description.startsWith(`run errand ${errandName} `) && / 0 errored, 0 canceled$/.test(result ?? ''),
  );
  return tested >= deployed;
}

/** An interrupted `up` leaves its task running. How that ends matters little: the next one mends it. Answers if there was one. */
async function finishRunningTasks(
  { director, followTask }: DeploymentContext,
  isOurs: (task: Task) => boolean,
): Promise<boolean> {
  const running = (await director.tasks.list({ states: ['queued', 'processing'] })).filter(isOurs);
  for (const task of running.toSorted((a, b) => a.id - b.id)) {
    await followTask(task).catch((error: unknown) => {
      if (!(error instanceof TaskFailed)) throw error;
    });
  }
  return running.length > 0;
}

async function deployAndFollow({ followTask }: DeploymentContext, task: Task): Promise<void> {
  try {
    await followTask(task);
  } catch (cause) {
    if (!(cause instanceof TaskFailed)) throw cause;
    throw new ExpectedError('The example could not be deployed', {
      cause,
      hint: `'boti -e boti task ${task.id} --debug' shows the whole log. Once the cause is mended, 'boti up' goes on from here.`,
    });
  }
}

async function isRunning(context: DeploymentContext): Promise<boolean> {
  const { director, deployment } = context;
  const deployed = (await director.deployments.list({ withConfigs: false })).some(({ name }) => name === deployment);
  if (!deployed) return false;
  const task = await director.instances.collect(deployment, 'instances');
  await director.tasks.follow(task.id);
  const states = parseVmStates(await director.tasks.result(task.id));
  return states.every((state) => state.vm_cid === null || isHealthy(state));
}

async function runErrand({ director, deployment, resultOf }: DeploymentContext): Promise<string> {
  const results = parseErrandResults(await resultOf(await director.errands.run(deployment, errandName, {})));
  const failed = results.find(({ exit_code }) => exit_code !== 0);
  if (failed === undefined) return 'passed';
  const output = `${failed.stdout}${failed.stderr}`.trimEnd();
  throw new ExpectedError(`Errand '${errandName}' completed with error (exit code ${failed.exit_code}):\n${output}`);
}

function templateFlags(home: BotiHome): Parameters<typeof renderManifest>[1] {
  return { var: [], varFile: [], varsFile: [], varsEnv: [], opsFile: [], varsStore: home.exampleVars, strict: false };
}
