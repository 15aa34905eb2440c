import type { AgentValue } from '@boti/agent-protocol';
import { digestOf, mapConcurrent } from '@boti/core';
import { insertBlob } from '../../blobs/blob-store.ts';
import type { DeployContext } from '../../deploy/context.ts';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { instanceLabel, instanceName } from '../../deploy/instance-name.ts';
import type { InstanceRun } from '../../deploy/instance-run.ts';
import { onDeployment } from '../../deploy/on-deployment.ts';
import { compilePackages } from '../../deploy/stages/compile-packages.ts';
import { preparePlan } from '../../deploy/stages/prepare-plan.ts';
import { recoverDeployment } from '../../deploy/stages/recover-deployment.ts';
import { renderPlan, type SettledPlan, settlePlan } from '../../deploy/stages/render-plan.ts';
import { deleteVm } from '../../deploy/steps/delete-vm.ts';
import { fetchLogs } from '../../deploy/steps/fetch-logs.ts';
import { giveNewVm, updateInstance } from '../../deploy/steps/update-instance.ts';
import { storedDeployRequest } from '../../deploy/stored-deploy-request.ts';
import { saveSuccessfulHash, successfulHash } from '../../errands/errand-store.ts';
import { type ErrandTarget, findErrand, refuseStopped } from '../../errands/find-errand.ts';
import { recordOperation } from '../../events/record-operation.ts';
import { instancesOf } from '../../instances/instance-store.ts';
import { runErrandTask } from '../task-kinds.ts';
import { type TaskType, taskType } from '../task-type.ts';

interface Input {
  readonly deployment: string;
  readonly errand: string;
  readonly keepAlive: boolean;
  readonly whenChanged: boolean;
  readonly instances: readonly { readonly group: string; readonly id: string | null }[];
}

interface PreparedErrand {
  readonly targets: readonly ErrandTarget[];
  readonly settled: SettledPlan;
}

type ErrandResult = AgentValue<'run_errand'>;

interface ErrandOutcome {
  readonly exitCode: number;
}

/** Runs an errand where it belongs: in place on running instances, or on a VM that is made for it. */
export function runErrand(services: DeployServices): TaskType<Input> {
  return taskType(runErrandTask, (input, task) => {
    const write = (line: string): void => task.result.write(line);
    const { deployment } = input;
    return onDeployment(services, task, { deployment, work: (ctx) => run(ctx, input, write) });
  });
}

async function run(ctx: DeployContext, input: Input, write: (line: string) => void): Promise<string> {
  await recoverDeployment(ctx);
  const stage = ctx.events.stage('Preparing deployment', 1);
  const prepared = await stage.track('Preparing deployment', () => prepare(ctx, input));
  const hash = errandHash(prepared);
  if (input.whenChanged && hash === (await successfulHash(ctx.database, ctx.deployment.id, input.errand))) {
    return 'skipped - no changes detected';
  }
  await saveSuccessfulHash(ctx.database, ctx.deployment.id, input.errand, '');
  const running = ctx.events.stage('Running errand', prepared.targets.length);
  const outcomes = await mapConcurrent(prepared.targets, ctx.settings.maxThreads, (target) =>
    runOn(ctx, { input, target, settled: prepared.settled, running, write }),
  );
  ctx.signal.throwIfAborted();
  if (outcomes.every(({ exitCode }) => exitCode === 0)) {
    await saveSuccessfulHash(ctx.database, ctx.deployment.id, input.errand, hash);
  }
  return summary(outcomes);
}

async function prepare(ctx: DeployContext, input: Input): Promise<PreparedErrand> {
  const { plan, ids } = await preparePlan(ctx, await storedDeployRequest(ctx));
  const { targets, warnings } = findErrand(plan, input.errand, input.instances);
  refuseStopped(await instancesOf(ctx.database, ctx.deployment.id), targets);
  const rendered = await renderPlan(ctx, plan);
  const forms = await compilePackages(ctx, plan);
  for (const warning of warnings) ctx.events.warning(warning);
  return { targets, settled: settlePlan({ plan, ids, rendered, forms }) };
}

interface ErrandRun {
  readonly input: Input;
  readonly target: ErrandTarget;
  readonly settled: SettledPlan;
  readonly running: ReturnType<DeployContext['events']['stage']>;
  readonly write: (line: string) => void;
}

async function runOn(ctx: DeployContext, errand: ErrandRun): Promise<ErrandOutcome> {
  const { target, settled, input } = errand;
  const run = settled.runs.get(target.instance.uuid);
  if (run === undefined) throw new TypeError(`no run for ${instanceName(target.instance)}`);
  if (target.group.lifecycle !== 'errand') return execute(ctx, errand, run);
  try {
    await bringUp(ctx, run);
    return await execute(ctx, errand, run);
  } finally {
    if (!input.keepAlive) await takeDown(ctx, run);
  }
}

/** Gives an errand instance its VM and its jobs. */
async function bringUp(ctx: DeployContext, run: InstanceRun): Promise<void> {
  const { plan, group } = run;
  if (run.vm === null) {
    const stage = ctx.events.stage('Creating missing vms', 1);
    await stage.track(instanceLabel(plan), () => giveNewVm(ctx, run));
  }
  const stage = ctx.events.stage('Updating instance', 1, [group.name]);
  await stage.track(`${instanceLabel(plan)} (canary)`, (progress) =>
    updateInstance(
      ctx,
      run,
      { changes: plan.changes, watch: group.update.canaryWatchTime, skipDrain: false },
      progress,
    ),
  );
}

/** The VM goes even when the task was cancelled meanwhile. */
async function takeDown(ctx: DeployContext, run: InstanceRun): Promise<void> {
  if (run.vm === null) return;
  await deleteVm(ctx.forCleanUp(), run.vm);
  run.vm = null;
}

/** Runs it, and always brings the logs home. A cancelled errand still has a result. */
function execute(ctx: DeployContext, errand: ErrandRun, run: InstanceRun): Promise<ErrandOutcome> {
  const instance = instanceLabel(run.plan);
  const { database, user, taskId, deployment } = ctx;
  const what = { action: 'run', objectType: 'errand', objectName: errand.input.errand };
  const event = { user, taskId, ...what, deployment: deployment.name, instance };
  return recordOperation(
    database,
    event,
    async () => {
      const result = await errand.running.track(instance, () => callAgent(ctx, errand, run));
      errand.write(`${JSON.stringify(await resultRow(ctx, errand, { run, result }))}\n`);
      ctx.signal.throwIfAborted();
      return { exitCode: result.exit_code };
    },
    ({ exitCode }) => ({ exit_code: exitCode }),
  );
}

function callAgent(ctx: DeployContext, { target }: ErrandRun, { plan, vm }: InstanceRun): Promise<ErrandResult> {
  if (vm === null) throw new TypeError(`${instanceName(plan)} has no VM to run an errand on`);
  const args = target.job === null ? ([] as const) : ([target.job] as const);
  return ctx.agents.of(vm.agentId, instanceName(plan)).call('run_errand', [...args], { signal: ctx.signal });
}

async function resultRow(
  ctx: DeployContext,
  { input }: ErrandRun,
  { run, result }: { readonly run: InstanceRun; readonly result: ErrandResult },
): Promise<Readonly<Record<string, unknown>>> {
  const { group, uuid, index } = run.plan;
  const instance = { group, uuid, index, vm: run.vm as never };
  const { signal } = new AbortController();
  const logs = await fetchLogs(ctx, instance, { types: 'job', filters: null, signal });
  await insertBlob(ctx.database, { blobstoreId: logs.blobstoreId, sha1: logs.sha1, type: 'logs' });
  return {
    instance: { group, id: uuid },
    errand_name: input.errand,
    exit_code: result.exit_code,
    stdout: result.stdout,
    stderr: result.stderr,
    logs: { blobstore_id: logs.blobstoreId, sha1: logs.sha1 },
  };
}

function summary(outcomes: readonly ErrandOutcome[]): string {
  const count = (test: (code: number) => boolean): number => outcomes.filter(({ exitCode }) => test(exitCode)).length;
  const cancelled = count((code) => code > 128);
  const succeeded = count((code) => code === 0);
  return `${succeeded} succeeded, ${outcomes.length - succeeded - cancelled} errored, ${cancelled} canceled`;
}

/** Changes when what the errand would run with changes. */
function errandHash({ targets, settled }: PreparedErrand): string {
  const parts = targets.map(({ instance }) => {
    const run = settled.runs.get(instance.uuid);
    return JSON.stringify([instance.uuid, run?.rendered.configurationHash, run?.packages]);
  });
  return digestOf(parts.sort().join('\n'), 'sha1');
}
