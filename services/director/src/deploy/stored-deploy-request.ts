import { configContents } from '../configs/config-store.ts';
import { deploymentConfigIds } from '../deployments/deployment-store.ts';
import { DeploymentNotFound } from '../errors.ts';
import type { DeployOptions } from '../planner/plan.ts';
import type { DeployContext } from './context.ts';
import { parseMap } from './read-deploy-request.ts';
import type { DeployRequest } from './stages/prepare-plan.ts';

const noOptions: DeployOptions = {
  isDeployAction: false,
  recreate: false,
  recreateVmsCreatedBefore: null,
  recreatePersistentDisks: false,
  fix: false,
  skipDrain: [],
  canaries: null,
  maxInFlight: null,
  states: [],
};

/** The deployment as it was last deployed, with the configs it used then. */
export async function storedDeployRequest(ctx: DeployContext): Promise<DeployRequest> {
  const { manifest, name, id } = ctx.deployment;
  if (manifest === null) throw new DeploymentNotFound(name);
  const configs = await configContents(ctx.database, await deploymentConfigIds(ctx.database, id));
  const ofType = (type: string): Record<string, unknown>[] =>
    configs.filter((config) => config.type === type).map((config) => parseMap(config.content, `${type} config`));
  return {
    manifest: parseMap(manifest, `manifest of deployment '${name}'`),
    cloudConfigs: ofType('cloud'),
    runtimeConfigs: ofType('runtime'),
    options: noOptions,
  };
}
