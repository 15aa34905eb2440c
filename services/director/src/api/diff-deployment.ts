import { messageOf } from '@boti/core';
import { configContents, currentConfigs, type StoredConfig } from '../configs/config-store.ts';
import { type Deployment, deploymentConfigIds, findDeployment } from '../deployments/deployment-store.ts';
import { listVersions } from '../releases/release-store.ts';
import { stemcellSnapshots } from '../stemcells/stemcell-store.ts';
import { diffableManifest } from '../views/diffable-manifest.ts';
import { withLatestResolved } from '../views/with-latest-resolved.ts';
import type { ApiDeps } from './deps.ts';
import { parseMapping } from './parse-mapping.ts';
import { type ApiRequest, json, type Reply } from './route.ts';
import { teamsOf } from './user.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What would change, and which configs it was compared with. A failure comes with status 200, as clients expect. */
export async function diffDeployment(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { params, query, user } = request;
  const manifest = parseMapping(await request.text(), 'Manifest');
  const name = params.deployment ?? '';
  try {
    const deployment = await findDeployment(deps.database, name);
    const teams = deployment?.teams ?? teamsOf(user, 'admin');
    const cloud = await currentConfigs(deps.database, 'cloud', teams);
    const runtime = await currentConfigs(deps.database, 'runtime', teams);
    const uploaded = {
      releases: await listVersions(deps.database),
      stemcells: await stemcellSnapshots(deps.database),
    };
    const resolve = (whole: Properties): Properties => withLatestResolved(whole, uploaded);
    const after = resolve(document(manifest, [...cloud, ...runtime], { name, teams }));
    const before = deployment === undefined ? {} : resolve(await deployed(deps, deployment));
    const context = { cloud_config_ids: cloud.map(({ id }) => id), runtime_config_ids: runtime.map(({ id }) => id) };
    return json({ context, diff: deps.diff(before, after, { redact: query.get('redact') !== 'false' }) });
  } catch (error) {
    return json({ diff: [], error: `Unable to diff manifest: ${messageOf(error)}` });
  }
}

async function deployed({ database }: ApiDeps, deployment: Deployment): Promise<Properties> {
  if (deployment.manifest === null) return {};
  const configs = await configContents(database, await deploymentConfigIds(database, deployment.id));
  return document(parseMapping(deployment.manifest, 'Manifest'), configs, deployment);
}

function document(
  manifest: Properties,
  configs: readonly StoredConfig[],
  deployment: { readonly name: string; readonly teams: readonly string[] },
): Properties {
  const ofType = (type: string): readonly Properties[] =>
    configs.filter((config) => config.type === type).map(({ content }) => parseMapping(content, 'Config'));
  return diffableManifest({ manifest, cloudConfigs: ofType('cloud'), runtimeConfigs: ofType('runtime'), deployment });
}
