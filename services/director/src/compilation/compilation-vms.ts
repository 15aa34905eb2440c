import type { DeployContext } from '../deploy/context.ts';
import { instanceName } from '../deploy/instance-name.ts';
import { createVm, type Vm } from '../deploy/steps/create-vm.ts';
import { deleteVm } from '../deploy/steps/delete-vm.ts';
import { introduceNewVm } from '../deploy/steps/introduce-vm.ts';
import { setVmMetadata } from '../deploy/steps/set-vm-metadata.ts';
import { deleteInstanceRow, insertInstance } from '../instances/instance-store.ts';
import { reserveAddress, returnAddresses } from '../networks/address-store.ts';
import type { CompilationPlan, InstancePlan, NetworkPlan, StemcellPlan } from '../planner/plan.ts';
import { vmsOfInstance } from '../vms/vm-store.ts';

/** A VM that packages are compiled on. */
export interface CompilationVm {
  readonly agentId: string;
  /** `compilation-<uuid>/<uuid>` */
  readonly name: string;
  /** Says on the cloud which package it works on. */
  markCompiling(packageName: string): Promise<void>;
}

export interface CompilationVms {
  /** Runs `work` on a VM of this stemcell, once one of the workers is free. */
  use<T>(stemcell: StemcellPlan, work: (vm: CompilationVm) => Promise<T>): Promise<T>;
}

interface Worker {
  readonly networks: readonly NetworkPlan[];
  idle: LiveVm | null;
}

interface LiveVm extends CompilationVm {
  readonly vm: Vm;
  readonly instanceId: number;
  readonly stemcell: StemcellPlan;
}

/** Keeps as many VMs as the cloud config has workers while `work` runs, and deletes them whatever happens. */
export async function withCompilationVms<T>(
  ctx: DeployContext,
  plan: CompilationPlan,
  work: (vms: CompilationVms) => Promise<T>,
): Promise<T> {
  const workers: Worker[] = plan.vms.map(({ networks }) => ({ networks, idle: null }));
  const free = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const take = (stemcell: StemcellPlan): Promise<Worker> => {
    const index = Math.max(
      0,
      free.findIndex((worker) => worker.idle?.stemcell.alias === stemcell.alias),
    );
    const [worker] = free.splice(index, 1);
    return worker === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(worker);
  };
  const give = (worker: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(worker);
    else next(worker);
  };
  try {
    return await work({
      async use(stemcell, task) {
        const worker = await take(stemcell);
        try {
          return await onWorker(ctx, { plan, worker, stemcell }, task);
        } finally {
          give(worker);
        }
      },
    });
  } finally {
    for (const worker of workers) await retire(ctx, worker);
  }
}

interface Assignment {
  readonly plan: CompilationPlan;
  readonly worker: Worker;
  readonly stemcell: StemcellPlan;
}

async function onWorker<T>(
  ctx: DeployContext,
  { plan, worker, stemcell }: Assignment,
  task: (vm: CompilationVm) => Promise<T>,
): Promise<T> {
  ctx.signal.throwIfAborted();
  if (worker.idle !== null && worker.idle.stemcell.alias !== stemcell.alias) await retire(ctx, worker);
  worker.idle ??= await startVm(ctx, { plan, worker, stemcell });
  try {
    return await task(worker.idle);
  } finally {
    if (!plan.reuseVms) await retire(ctx, worker);
  }
}

async function retire(ctx: DeployContext, worker: Worker): Promise<void> {
  const { idle } = worker;
  if (idle === null) return;
  worker.idle = null;
  await removeVms(ctx, idle.instanceId);
}

/** Its addresses are the task's again: the next VM of this worker takes them. */
async function removeVms(ctx: DeployContext, instanceId: number): Promise<void> {
  const cleanUp = ctx.forCleanUp();
  for (const vm of await vmsOfInstance(ctx.database, instanceId)) await deleteVm(cleanUp, vm);
  await ctx.database.transaction(async (sql) => {
    await returnAddresses(sql, instanceId, ctx.taskId);
    await deleteInstanceRow(sql, instanceId);
  });
}

/** The VM has an instance of its own, so that one that a crash leaves behind is deleted by the next deploy. */
async function startVm(ctx: DeployContext, { plan, worker, stemcell }: Assignment): Promise<LiveVm> {
  const uuid = ctx.newUuid();
  const group = `compilation-${ctx.newUuid()}`;
  const instanceId = await insertInstance(ctx.database, {
    deploymentId: ctx.deployment.id,
    group,
    index: 0,
    uuid,
    az: plan.az,
    bootstrap: false,
    lifecycle: 'service',
    state: 'started',
    compilation: true,
  });
  const instance = instancePlan(plan, { uuid, group, stemcell, networks: worker.networks });
  try {
    for (const { name, type, address, static: isStatic } of worker.networks) {
      if (address === null || type === 'dynamic') continue;
      await reserveAddress(ctx.database, instanceId, ctx.taskId, { address, network: name, static: isStatic });
    }
    const vm = await createVm(ctx, { instanceId, plan: instance, networks: worker.networks, diskCids: [] });
    await introduceNewVm(ctx, { id: instanceId, plan: instance, vm, networks: worker.networks, jobs: [] });
    const markCompiling = (compiling: string): Promise<void> =>
      setVmMetadata(ctx, vm, instance, { ...plan.tags, compiling });
    return { vm, instanceId, stemcell, agentId: vm.agentId, name: instanceName(instance), markCompiling };
  } catch (error) {
    await discard(ctx, instanceId);
    throw error;
  }
}

async function discard(ctx: DeployContext, instanceId: number): Promise<void> {
  try {
    await removeVms(ctx, instanceId);
  } catch (error) {
    ctx.log.warn('a compilation VM could not be removed; the next deploy will', { error });
  }
}

function instancePlan(
  plan: CompilationPlan,
  of: Pick<InstancePlan, 'uuid' | 'group' | 'networks'> & { readonly stemcell: StemcellPlan },
): InstancePlan {
  return {
    group: of.group,
    uuid: of.uuid,
    index: 0,
    az: plan.az,
    cpi: plan.cpi,
    bootstrap: false,
    lifecycle: 'service',
    existing: null,
    state: 'started',
    networks: of.networks,
    cloudProperties: plan.cloudProperties,
    vmType: plan.vmType,
    env: plan.env,
    tags: plan.tags,
    stemcell: of.stemcell.byCpi[plan.cpi] ?? null,
    persistentDisk: null,
    namedDisks: [],
    changes: [],
  };
}
