import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openTempDir } from '@boti/core';
import { findingText, runConformance } from '@boti/cpi-conformance';
import { buildImage } from './test-cloud.ts';

const dir = await openTempDir('boti-container-kit-');
after(() => dir[Symbol.asyncDispose]());

test('the container cloud keeps every rule, under kills and races too', async () => {
  assert.equal(process.getuid?.(), 0, 'This test makes mounts, namespaces and bridges: run it as root');

  const { outcomes, hide, folderLeft } = await runConformance({
    executable: join(import.meta.dirname, '../bin/cpi'),
    configPath: join(import.meta.dirname, '../conformance.yml'),
    stemcellPath: await buildImage(join(dir.path, 'image')),
    level: 'chaos',
    jobs: 4,
  });

  const findings = outcomes.filter(({ status }) => ['failed', 'warning', 'blocked'].includes(status));
  assert.deepEqual(
    findings.map((outcome) => findingText(outcome, hide)),
    [],
  );
  assert.equal(folderLeft, undefined);
  assert.ok(outcomes.filter(({ status }) => status === 'passed').length > 290);
});
