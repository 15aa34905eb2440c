import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainPlan } from './explain-plan.ts';
import { planDeployment } from './plan-deployment.ts';
import { aGroup, aManifest, anInstance, aRequest, aSnapshot, aVm } from './plan-request.test-builders.ts';
import { releaseNamesIn } from './release-names.ts';

test('a plan is told in lines: who is created, recreated, updated, deleted, and why', () => {
  const instances = [
    anInstance({ vm: aVm({ cloudProperties: { zone: 'a', ram: 256 } }) }),
    anInstance({ uuid: 'uuid-1', index: 1, az: 'z1', bootstrap: false, addresses: [] }),
    anInstance({ uuid: 'db-0', group: 'db', updateCompleted: false, spec: null, addresses: [] }),
    anInstance({ uuid: 'old-0', group: 'old', addresses: [] }),
  ];
  const groups = [
    aGroup(),
    aGroup({ name: 'db', instances: 1, azs: ['z1'] }),
    aGroup({ name: 'smoke', lifecycle: 'errand' }),
  ];

  const explained = explainPlan(
    planDeployment(aRequest({ snapshot: aSnapshot({ instances }), manifest: aManifest({ instance_groups: groups }) })),
  );

  assert.deepEqual(explained.lines, [
    'compile lib/lib-v1 for debian-bookworm/1.1',
    'compile app/app-v1 for debian-bookworm/1.1',
    'delete old/old-0 (0) in z1: its instance group is gone',
    'delete web/uuid-1 (1) in z1: it is no longer wanted',
    "recreate web/uuid-0 (0) in z1: VM type 'small' changes: ram 256 → 512",
    'create web/new-0 (2) in z2',
    'update db/db-0 (0) in z1: its last update did not complete',
    '1 to create, 1 to recreate, 1 to update, 2 to delete',
  ]);
});

test('what rendering brings to light is told too', () => {
  const manifest = aManifest({ instance_groups: [aGroup({ instances: 1, azs: ['z1'] })] });
  const plan = planDeployment(aRequest({ snapshot: aSnapshot({ instances: [anInstance()] }), manifest }));
  const rendered = (hash: string) =>
    new Map([
      ['uuid-0', { configurationHash: hash, templateHashes: { server: hash === 'hash' ? 'server-hash' : 'x' } }],
    ]);

  assert.deepEqual(
    [explainPlan(plan, rendered('hash')).summary, explainPlan(plan, rendered('new')).instances[0]],
    [
      'nothing to do',
      {
        instance: 'web/uuid-0',
        index: 0,
        az: 'z1',
        action: 'update',
        reasons: ['templates change of jobs: server'],
      },
    ],
  );
});

test('release names are found in whatever was sent', () => {
  const runtimeConfigs = [{ releases: [{ name: 'b' }, 'odd'] }, null, 'text'];

  assert.deepEqual(releaseNamesIn({ manifest: { releases: [{ name: 'a' }], release: { name: 7 } }, runtimeConfigs }), [
    'a',
    '7',
    'b',
  ]);
});
