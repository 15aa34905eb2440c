import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase, testPostgres } from '../../test/test-database.ts';
import { insertConfig } from '../configs/config-store.ts';
import type { OpenDatabase } from '../database/open-database.ts';
import { ensureDeployment, saveDeployed } from '../deployments/deployment-store.ts';
import { deploymentConfigViews, deploymentViews } from './deployment-view-store.ts';

const postgres = await testPostgres(after);

test('a deployment is up to date until one of its cloud configs has a newer version', async (t) => {
  const database = await testDatabase(t, postgres);
  const config = { type: 'cloud', name: 'default', content: 'azs: []', team: null };
  const first = await insertConfig(database, config);
  const runtime = await insertConfig(database, { ...config, type: 'runtime' });
  await insertConfig(database, { ...config, name: 'of-others', team: 'ops' });
  const { id } = await ensureDeployment(database, 'web', ['dev']);

  assert.equal(await cloudConfig(database), 'none');
  await deployed(database, id, [first.id, runtime.id]);
  assert.equal(await cloudConfig(database), 'latest');
  await insertConfig(database, { ...config, content: 'azs: [{name: z1}]' });
  assert.equal(await cloudConfig(database), 'outdated');
  assert.deepEqual(await deploymentConfigViews(database, ['web']), [
    { deploymentId: id, deployment: 'web', config: { id: first.id, type: 'cloud', name: 'default' } },
    { deploymentId: id, deployment: 'web', config: { id: runtime.id, type: 'runtime', name: 'default' } },
  ]);
});

async function cloudConfig(database: OpenDatabase): Promise<unknown> {
  const [view] = await deploymentViews(database);
  return view?.cloudConfig;
}

async function deployed(database: OpenDatabase, id: number, configIds: readonly number[]): Promise<void> {
  const state = { manifestText: '', manifest: '', configIds, releaseVersionIds: [], stemcellIds: [] };
  await database.transaction((sql) => saveDeployed(sql, id, state));
}
