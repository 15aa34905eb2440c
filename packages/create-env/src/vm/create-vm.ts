import { randomUUID } from 'node:crypto';
import { agentId, diskCid, stemcellCid, type VmCid } from '@boti/core';
import { isCloudError, type VmEnv } from '@boti/cpi-sdk';
import type { Deployment } from '../manifest/deployment.ts';
import type { Stage } from '../stage.ts';
import type { StemcellRecord } from '../state/deployment-state.ts';
import { within } from '../within.ts';
import type { EnvContext } from './env-context.ts';

export interface CreatedVm {
  readonly cid: VmCid;
  readonly agentId: string;
}

/** Makes the VM and records it at once. */
export async function createVm(
  ctx: EnvContext,
  { deployment, stemcell }: { readonly deployment: Deployment; readonly stemcell: StemcellRecord },
  stage: Stage,
): Promise<CreatedVm> {
  const name = `${deployment.group}/0`;
  return await stage.step(`Creating VM for instance '${name}' from stemcell '${stemcell.cid}'`, () =>
    within('Creating VM', ctx.signal, async () => {
      const id = agentId(randomUUID());
      const { cid } = await ctx.cloud.create({
        kind: 'vm',
        id,
        make: (calls) =>
          calls.createVm({
            agentId: id,
            stemcellCid: stemcellCid(stemcell.cid),
            cloudProperties: deployment.resourcePool.cloud_properties,
            networks: deployment.networks,
            diskCids: ctx.state.state.disks.map((disk) => diskCid(disk.cid)),
            env: vmEnv(deployment),
          }),
        store: (vm) => ({ current_vm_cid: vm.cid, current_stemcell_id: stemcell.id }),
      });
      await setMetadata(ctx, deployment, cid);
      return { cid, agentId: id };
    }),
  );
}

function vmEnv({ resourcePool, tags }: Deployment): VmEnv {
  const { env } = resourcePool;
  if (Object.keys(tags).length === 0) return env;
  return { ...env, bosh: { ...(env.bosh as object | undefined), tags } };
}

async function setMetadata({ cloud, clock }: EnvContext, { name, group, tags }: Deployment, vm: VmCid): Promise<void> {
  const metadata = {
    deployment: name,
    job: group,
    instance_group: group,
    index: '0',
    director: 'bosh-init',
    name: `${group}/0`,
    created_at: timestamp(clock.now()),
    ...tags,
  };
  try {
    await cloud.calls.setVmMetadata(vm, metadata);
  } catch (error) {
    if (!isCloudError(error, 'NotImplemented')) throw error;
  }
}

/** RFC 3339, without fractions. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
