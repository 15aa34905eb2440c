import { type WantedState, wantedStates } from '@boti/director-api';
import { z } from 'zod';
import { configContents, currentConfigs } from '../configs/config-store.ts';
import type { Database } from '../database/sql.ts';
import { deploymentConfigIds } from '../deployments/deployment-store.ts';
import { DeploymentInvalidConfigReference, ValidationInvalidValue } from '../errors.ts';
import type { UpdateDeploymentInput } from '../tasks/task-kinds.ts';
import type { Query } from './query.ts';

type ConfigIds = UpdateDeploymentInput['configIds'];
type Flags = Omit<UpdateDeploymentInput, 'deployment' | 'manifestText' | 'configIds' | 'isDeployAction' | 'states'>;

/** The options of a deploy or state change, as they stand in its query. */
export function deployFlags(query: Query): Flags {
  const recreate = query.flag('recreate') || query.get('state') === 'recreate';
  return {
    dryRun: query.flag('dry_run'),
    recreate: query.flag('recreate'),
    recreatePersistentDisks: query.flag('recreate_persistent_disks'),
    recreateVmsCreatedBefore: recreateBefore(query.filled('recreate_vms_created_before'), recreate),
    fix: query.flag('fix'),
    forceLatestVariables: query.flag('force_latest_variables'),
    skipDrain: [...(query.list('skip_drain') ?? [])],
    canaries: countOrPercent(query.filled('canaries')),
    maxInFlight: countOrPercent(query.filled('max_in_flight')),
  };
}

function recreateBefore(text: string | undefined, recreate: boolean): string | null {
  if (text === undefined) return null;
  if (!recreate) throw new ValidationInvalidValue("'recreate_vms_created_before' can only be used with recreate");
  const isRfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text);
  if (!isRfc3339 || Number.isNaN(Date.parse(text))) {
    throw new ValidationInvalidValue(`'recreate_vms_created_before' is not an RFC 3339 time: '${text}'`);
  }
  return new Date(text).toISOString();
}

/** Anything else than a number or a percentage fails in the task, as upstream has it. */
function countOrPercent(text: string | undefined): number | string | null {
  if (text === undefined) return null;
  return /^\d+$/.test(text) ? Number(text) : text;
}

export function wantedState(text: string | undefined): WantedState | undefined {
  if (text === undefined) return undefined;
  const state = wantedStates.find((known) => known === text);
  if (state === undefined) {
    throw new ValidationInvalidValue(`Unknown state '${text}', expected one of ${wantedStates.join(', ')}`);
  }
  return state;
}

const contextSchema = z.object({
  cloud_config_ids: z.array(z.number().int()).default([]),
  runtime_config_ids: z.array(z.number().int()).default([]),
});

/** The configs that a client saw in its diff (`context`), else the current ones. */
export async function chooseConfigs(
  database: Database,
  context: string | undefined,
  teams: readonly string[],
): Promise<ConfigIds> {
  if (context !== undefined) return pinnedConfigs(database, parseContext(context), teams);
  const idsOf = async (type: string): Promise<number[]> =>
    (await currentConfigs(database, type, teams)).map(({ id }) => id);
  return { cloud: await idsOf('cloud'), runtime: await idsOf('runtime') };
}

function parseContext(context: string): z.infer<typeof contextSchema> {
  try {
    return contextSchema.parse(JSON.parse(context));
  } catch {
    throw new DeploymentInvalidConfigReference(`'context' is not valid: '${context}'`);
  }
}

async function pinnedConfigs(
  database: Database,
  context: z.infer<typeof contextSchema>,
  teams: readonly string[],
): Promise<ConfigIds> {
  const ids = [...context.cloud_config_ids, ...context.runtime_config_ids];
  const found = await configContents(database, ids);
  const usable = found.filter(({ team }) => team === null || teams.includes(team));
  const missing = ids.filter((id) => !usable.some((config) => config.id === id));
  if (missing.length > 0) {
    throw new DeploymentInvalidConfigReference(`Context includes invalid config ids: ${missing.join(', ')}`);
  }
  return { cloud: context.cloud_config_ids, runtime: context.runtime_config_ids };
}

/** The configs that the deployment was last deployed with. */
export async function deployedConfigs(database: Database, deploymentId: number): Promise<ConfigIds> {
  const configs = await configContents(database, await deploymentConfigIds(database, deploymentId));
  const idsOf = (type: string): number[] => configs.filter((config) => config.type === type).map(({ id }) => id);
  return { cloud: idsOf('cloud'), runtime: idsOf('runtime') };
}
