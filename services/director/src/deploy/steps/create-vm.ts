import { diskCid, ExpectedError, retry, stemcellCid, agentId as toAgentId, type VmCid, vmCid } from '@boti/core';
import { type Cloud, isCloudError, type VmNetworks } from '@boti/cpi-sdk';
import { createRecorded } from '../../cloud/create-recorded.ts';
import type { InstancePlan, NetworkPlan } from '../../planner/plan.ts';
import { electActiveVm, insertVm } from '../../vms/vm-store.ts';
import { networkSpecs } from '../apply-spec.ts';
import type { DeployContext } from '../context.ts';
import { instanceName } from '../instance-name.ts';
import { vmEnv } from '../vm-env.ts';
import { deleteVm } from './delete-vm.ts';
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
  const creation = {
    id: agentId,
    kind: 'vm',
    cpi: plan.cpi,
    agentId,
    deployment: ctx.deployment.name,
    instance: instanceName(plan),
    taskId: ctx.taskId,
  } as const;
  const cloud = ctx.clouds.of(plan.cpi, { stemcellApiVersion: stemcell.apiVersion, creationId: agentId });
  return createRecorded(ctx.database, {
    creation,
    cloud,
    create: async () => {
      const env = vmEnv(ctx, plan, await ctx.busAccess.admit(agentId));
      return callCreateVm(ctx, cloud, { subject, agentId, stemcellCid: stemcell.cid, env });
    },
    store: async (sql, cid) => {
      const { name, version, apiVersion } = stemcell;
      const made = { cid, agentId, cpi: plan.cpi };
      const id = await insertVm(sql, {
        ...made,
        instanceId: subject.instanceId,
        stemcell: { name, version, apiVersion },
        env: plan.env,
        cloudProperties: plan.cloudProperties,
      });
      return { ...made, id, stemcellApiVersion: apiVersion };
    },
  });
}

interface CreateVmInput {
  readonly subject: VmSubject;
  readonly agentId: string;
  readonly stemcellCid: string;
  readonly env: Readonly<Record<string, unknown>>;
}

/** Only a CPI's "creation failed, ok to retry" is tried again, with the same agent id. */
async function callCreateVm(ctx: DeployContext, cloud: Required<Cloud>, input: CreateVmInput): Promise<VmCid> {
  const { plan, networks, diskCids } = input.subject;
  const request = {
    agentId: toAgentId(input.agentId),
    stemcellCid: stemcellCid(input.stemcellCid),
    cloudProperties: plan.cloudProperties,
    networks: networkSpecs(networks) as unknown as VmNetworks,
    diskCids: diskCids.map(diskCid),
    env: input.env,
  };
  const isRetriable = (error: unknown): boolean => isCloudError(error, 'VMCreationFailed') && error.okToRetry;
  const attempts = ctx.settings.maxVmCreateTries;
  return retry({ attempts, delayMs: 0, isRetriable, signal: ctx.signal, clock: ctx.clock }, async () => {
    const { cid } = await cloud.createVm(request);
    return vmCid(cid);
  });
}

/** A VM whose agent stays silent is deleted, unless the operator wants to look at it. */
async function waitForAgent(ctx: DeployContext, subject: VmSubject, vm: Vm): Promise<void> {
  const agent = ctx.agents.of(vm.agentId, instanceName(subject.plan));
  try {
    await agent.waitUntilReady({ timeoutMs: ctx.settings.agentWaitTimeoutMs, signal: ctx.signal });
  } catch (error) {
    const name = instanceName(subject.plan);
    const networks = networkSpecs(subject.networks) as unknown as VmNetworks;
    const explained = await explainSilentAgent(ctx, { name, vm, networks, cause: error });
    if (!ctx.settings.keepUnreachableVms) await discard(ctx, vm);
    throw explained;
  }
}

/** What cannot be deleted now is inactive, and the next task's to delete. */
async function discard(ctx: DeployContext, vm: Vm): Promise<void> {
  try {
    await deleteVm(ctx.forCleanUp(), vm);
  } catch (error) {
    ctx.log.warn('a VM whose agent never answered could not be deleted; the next task will', { vm: vm.cid, error });
  }
}
