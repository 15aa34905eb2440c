import { diskCid, ExpectedError, stemcellCid, agentId as toAgentId, type VmCid, vmCid } from '@boti/core';
import { isCloudError, type VmNetworks } from '@boti/cpi-sdk';
import { beginCreation, endCreation } from '../../cloud/creation-store.ts';
import type { InstancePlan, NetworkPlan } from '../../planner/plan.ts';
import { deleteVmRow, electActiveVm, insertVm } from '../../vms/vm-store.ts';
import { networkSpecs } from '../apply-spec.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import { vmEnv } from '../vm-env.ts';
import { deleteCloudVm } from './delete-vm.ts';
import { explainSilentAgent } from './explain-silent-agent.ts';
import { setVmMetadata } from './set-vm-metadata.ts';

/** What a VM is made from. `instanceId` is the row of the instance that it is for. */
export interface VmSubject {
  readonly instanceId: number;
  readonly plan: Pick<
    InstancePlan,
    'group' | 'uuid' | 'index' | 'cpi' | 'cloudProperties' | 'env' | 'tags' | 'stemcell'
  >;
  readonly networks: readonly NetworkPlan[];
  readonly diskCids: readonly string[];
}

/** A VM whose agent is known; `active` once it is the instance's own. */
export interface Vm {
  readonly id: number;
  readonly cid: VmCid;
  readonly agentId: string;
  readonly cpi: string;
  readonly stemcellApiVersion: number | null;
}

/**
 * Makes a VM, waits for its agent and makes it the instance's active one. Before the CPI is called its agent id is on
 * record, so that a VM made for a Director that was killed meanwhile is found and removed.
 */
export async function createVm(ctx: DeployContext, subject: VmSubject): Promise<Vm> {
  const vm = await createCloudVm(ctx, subject);
  await setVmMetadata(ctx, vm, subject.plan, subject.plan.tags);
  await waitForAgent(ctx, subject, vm);
  await ctx.database.transaction((sql) => electActiveVm(sql, subject.instanceId, vm.id));
  return vm;
}

async function createCloudVm(ctx: DeployContext, subject: VmSubject): Promise<Vm> {
  const { plan } = subject;
  const { stemcell } = plan;
  if (stemcell === null) throw new ExpectedError(`${instanceName(plan)} has no stemcell to be made from`);
  const agentId = ctx.newUuid();
  await beginCreation(ctx.database, {
    id: agentId,
    kind: 'vm',
    cpi: plan.cpi,
    agentId,
    deployment: ctx.deployment.name,
    instance: instanceName(plan),
    taskId: ctx.taskId,
  });
  const env = vmEnv(ctx, plan, await ctx.busAccess.admit(agentId));
  const cid = await callCreateVm(ctx, subject, { agentId, stemcellCid: stemcell.cid, env });
  const id = await ctx.database.transaction(async (sql) => {
    await endCreation(sql, agentId);
    return insertVm(sql, {
      instanceId: subject.instanceId,
      cid,
      agentId,
      cpi: plan.cpi,
      stemcell: { name: stemcell.name, version: stemcell.version, apiVersion: stemcell.apiVersion },
      env: plan.env,
      cloudProperties: plan.cloudProperties,
    });
  });
  return { id, cid, agentId, cpi: plan.cpi, stemcellApiVersion: stemcell.apiVersion };
}

interface CreateVmInput {
  readonly agentId: string;
  readonly stemcellCid: string;
  readonly env: Readonly<Record<string, unknown>>;
}

/** Only a CPI's "creation failed, ok to retry" is tried again, with the same agent id. */
async function callCreateVm(ctx: DeployContext, subject: VmSubject, input: CreateVmInput): Promise<VmCid> {
  const { plan } = subject;
  const cloud = ctx.clouds.of(plan.cpi, {
    stemcellApiVersion: plan.stemcell?.apiVersion ?? null,
    creationId: input.agentId,
  });
  for (let attempt = 1; ; attempt += 1) {
    ctx.signal.throwIfAborted();
    try {
      const { cid } = await cloud.createVm({
        agentId: toAgentId(input.agentId),
        stemcellCid: stemcellCid(input.stemcellCid),
        cloudProperties: plan.cloudProperties,
        networks: networkSpecs(subject.networks) as unknown as VmNetworks,
        diskCids: subject.diskCids.map(diskCid),
        env: input.env,
      });
      return vmCid(cid);
    } catch (error) {
      const retriable = isCloudError(error, 'VMCreationFailed') && error.okToRetry;
      if (retriable && attempt < ctx.settings.maxVmCreateTries) continue;
      if (isCloudError(error, 'VMCreationFailed')) await endCreation(ctx.database, input.agentId);
      throw error;
    }
  }
}

async function waitForAgent(ctx: DeployContext, subject: VmSubject, vm: Vm): Promise<void> {
  const agent = ctx.agents.of(vm.agentId, instanceName(subject.plan));
  try {
    await agent.waitUntilReady({ timeoutMs: ctx.settings.agentWaitTimeoutMs, signal: ctx.signal });
  } catch (error) {
    const explained = await explainSilentAgent(ctx, { name: instanceName(subject.plan), vm, cause: error });
    if (!ctx.settings.keepUnreachableVms) {
      await deleteCloudVm(ctx, vm);
      await deleteVmRow(ctx.database, vm.id);
    }
    throw explained;
  }
}
