import { diskCid, messageOf, snapshotCid, stemcellCid, vmCid } from '@boti/core';
import { type Cloud, isCloudError } from '@boti/cpi-sdk';
import { abandonedCreations, type Creation, endCreation } from '../../cloud/creation-store.ts';
import type { Database } from '../../database/sql.ts';

export interface RecoveryContext {
  readonly database: Database;
  readonly clouds: { of(cpi: string): Required<Cloud> };
  readonly warn: (message: string) => void;
}

/**
 * Removes from the cloud what a Director that was killed had asked for and never got to record. A CPI without the
 * extension `journal` cannot tell: then the possible orphan is reported by its agent id.
 */
export async function recoverCreations(ctx: RecoveryContext): Promise<void> {
  for (const creation of await abandonedCreations(ctx.database)) {
    try {
      await removeCreated(ctx.clouds.of(creation.cpi), creation);
      await endCreation(ctx.database, creation.id);
    } catch (error) {
      if (!isCloudError(error, 'NotImplemented')) {
        ctx.warn(`${describe(creation)} could not be cleaned up and will be tried again: ${messageOf(error)}`);
        continue;
      }
      ctx.warn(
        `${describe(creation)} may be left on the cloud: the CPI keeps no journal. Look for it there and delete it.`,
      );
      await endCreation(ctx.database, creation.id);
    }
  }
}

async function removeCreated(cloud: Required<Cloud>, { id, kind }: Creation): Promise<void> {
  const cid = await cloud.findCreation(id);
  if (cid === undefined) return;
  if (kind === 'vm') await cloud.deleteVm(vmCid(cid));
  if (kind === 'disk') await cloud.deleteDisk(diskCid(cid));
  if (kind === 'snapshot') await cloud.deleteSnapshot(snapshotCid(cid));
  if (kind === 'stemcell') await cloud.deleteStemcell(stemcellCid(cid));
}

function describe({ kind, agentId, instance, deployment }: Creation): string {
  const what = agentId === null ? `A ${kind}` : `A VM with the agent id '${agentId}'`;
  const owner = instance === null ? '' : ` for ${instance} of deployment '${deployment ?? ''}'`;
  return `${what}${owner}, whose creation was cut short,`;
}
