import { type HttpsAgent, httpsAgent } from '@boti/agent-client';
import { type EnvironmentOptions, runAlone } from './environment.ts';
import { cloudProvider } from './manifest/cloud-provider.ts';
import { deploymentOf } from './manifest/deployment.ts';
import { parseManifest } from './manifest/parse-manifest.ts';
import type { WatchTime } from './manifest/watch-time.ts';
import { openStage, type Stage } from './stage.ts';
import type { DeploymentState } from './state/deployment-state.ts';
import { readState } from './state/state-file.ts';
import type { InstanceContext } from './vm/env-context.ts';
import { ask, isAgentThere, runScript, stopJobs, waitUntilRunning } from './vm/instance-steps.ts';

export interface StopEnvOptions extends EnvironmentOptions {
  readonly skipDrain: boolean;
}

/** Stops the jobs of an environment; its VM and disk stay. */
export async function stopEnv(options: StopEnvOptions): Promise<void> {
  await withInstance(options, 'stopping', async ({ ctx, stage }) => stopJobs(ctx, options, stage));
}

/** Starts the jobs of an environment that was stopped. */
export async function startEnv(options: EnvironmentOptions): Promise<void> {
  await withInstance(options, 'starting', async ({ ctx, stage, watchTime }) => {
    const name = 'unknown/0';
    await stage.step(`Running the pre-start scripts '${name}'`, () => runScript(ctx, 'pre-start'));
    await stage.step(`Starting the agent '${name}'`, () => ask(ctx, 'start', []));
    await stage.step(`Waiting for instance '${name}' to be running`, () => waitUntilRunning(ctx, watchTime));
    await stage.step(`Running the post-start scripts '${name}'`, () => runScript(ctx, 'post-start'));
  });
}

interface Instance {
  readonly ctx: InstanceContext;
  readonly stage: Stage;
  readonly watchTime: WatchTime;
}

async function withInstance(
  options: EnvironmentOptions,
  verb: 'stopping' | 'starting',
  work: (instance: Instance) => Promise<void>,
): Promise<void> {
  const command = verb === 'stopping' ? 'stop-env' : 'start-env';
  await runAlone(options, command, () => run(options, verb, work));
}

async function run(
  options: EnvironmentOptions,
  verb: string,
  work: (instance: Instance) => Promise<void>,
): Promise<void> {
  const stage = openStage(options.stage);
  const state = await readState(options.statePath);
  if (state === undefined) {
    stage.line('No deployment state file found.');
    return;
  }
  const { agent, watchTime } = await stage.group('validating', (steps) => validate(options, state, steps));
  using _closing = agent;
  const warn = (text: string): void => options.stage.output.remark(text);
  const ctx = { agent, signal: options.signal, clock: options.clock, warn };
  await stage.group(`${verb} deployment`, async (steps) => {
    const vm = state.current_vm_cid;
    if (vm !== '' && (await isAgentThere(ctx, vm, steps))) await work({ ctx, stage: steps, watchTime });
  });
}

async function validate(
  { manifest, clock }: EnvironmentOptions,
  state: DeploymentState,
  stage: Stage,
): Promise<{ readonly agent: HttpsAgent; readonly watchTime: WatchTime }> {
  return await stage.step('Validating deployment manifest', async () => {
    const parsed = parseManifest(manifest);
    const { mbus, ca } = await cloudProvider(parsed, manifest.path);
    const { watchTime } = deploymentOf(parsed, manifest.path);
    const agent = httpsAgent({ url: mbus, directorId: state.director_id, clock, ...(ca !== '' && { ca }) });
    return { agent, watchTime };
  });
}
