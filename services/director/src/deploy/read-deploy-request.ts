import { loadYaml } from '@boti/manifest';
import { configContents } from '../configs/config-store.ts';
import { BadManifest } from '../errors.ts';
import type { UpdateDeploymentInput } from '../tasks/task-kinds.ts';
import type { DeployContext } from './context.ts';
import type { DeployRequest } from './stages/prepare-plan.ts';

/** The manifest and configs that a task names, parsed. */
export async function readDeployRequest(ctx: DeployContext, input: UpdateDeploymentInput): Promise<DeployRequest> {
  const configs = await configContents(ctx.database, [...input.configIds.cloud, ...input.configIds.runtime]);
  const parsed = (ids: readonly number[]): Record<string, unknown>[] =>
    configs
      .filter(({ id }) => ids.includes(id))
      .map(({ content, type, name }) => parseMap(content, `${type} config '${name}'`));
  return {
    manifest: parseMap(input.manifestText, 'manifest'),
    cloudConfigs: parsed(input.configIds.cloud),
    runtimeConfigs: parsed(input.configIds.runtime),
    options: {
      isDeployAction: input.isDeployAction,
      recreate: input.recreate,
      recreateVmsCreatedBefore:
        input.recreateVmsCreatedBefore === null ? null : new Date(input.recreateVmsCreatedBefore),
      recreatePersistentDisks: input.recreatePersistentDisks,
      fix: input.fix,
      skipDrain: input.skipDrain,
      canaries: input.canaries,
      maxInFlight: input.maxInFlight,
      states: input.states,
    },
  };
}

export function parseMap(text: string, what: string): Record<string, unknown> {
  const value = loadYaml(text, { file: what });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadManifest(`${what} is not a mapping`);
  }
  return value as Record<string, unknown>;
}
