import { messageOf } from '@boti/core';
import { undoCreation } from '@boti/cpi-client';
import type { Cloud } from '@boti/cpi-sdk';
import type { Database } from '../database/sql.ts';
import { abandonedCreations, type Creation, endCreation } from './creation-store.ts';

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
      if ((await undoCreation(ctx.clouds.of(creation.cpi), creation)) === 'unknown') {
        ctx.warn(
          `${describe(creation)} may be left on the cloud: the CPI keeps no journal. Look for it there and delete it.`,
        );
      }
      await endCreation(ctx.database, creation.id);
    } catch (error) {
      ctx.warn(`${describe(creation)} could not be cleaned up and will be tried again: ${messageOf(error)}`);
    }
  }
}

function describe({ kind, agentId, instance, deployment }: Creation): string {
  const what = agentId === null ? `A ${kind}` : `A VM with the agent id '${agentId}'`;
  const owner = instance === null ? '' : ` for ${instance} of deployment '${deployment ?? ''}'`;
  return `${what}${owner}, whose creation was cut short,`;
}
