import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ExplainedPlan } from '../src/planner/explain-plan.ts';
import { startDeployLab, succeeded, webManifest, webRelease } from './support/deploy-lab.ts';

const lab = await startDeployLab({ after });
succeeded(await lab.uploadRelease(webRelease));

async function planOf(manifest: string): Promise<ExplainedPlan> {
  return JSON.parse(succeeded(await lab.deploy(manifest, { dryRun: true })).output) as ExplainedPlan;
}

test('a dry run of a new deployment says what would be made, and makes nothing', async () => {
  const plan = await planOf(webManifest);

  assert.equal(plan.summary, '2 to create');
  assert.deepEqual(plan.compile.map((name) => name.split('/')[0]).sort(), ['app', 'lib']);
  assert.deepEqual((await lab.cloud()).vms, []);
  assert.deepEqual(await lab.instances('web'), []);
});

test('a dry run of a change says which instances it touches and why, and touches none', async () => {
  succeeded(await lab.deploy(webManifest));
  const before = await lab.instances('web');

  const plan = await planOf(webManifest.replace('vm_type: small', 'vm_type: large'));

  assert.equal(plan.summary, '2 to recreate');
  assert.match(plan.instances.find(({ action }) => action === 'recreate')?.reasons[0] ?? '', /'small' to 'large'/);
  assert.deepEqual(await lab.instances('web'), before);
});
