import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApplySpec } from '@boti/agent-protocol';
import { shutdownParams, updateParams } from './drain.ts';

const ref = (name: string, sha1: string) => ({ name, sha1, version: '1' });
const spec = (more: ApplySpec = {}): ApplySpec => ({
  job: { version: '1', templates: [{ name: 'web' }] },
  packages: { a: ref('a', '1'), b: ref('b', '1') },
  configuration_hash: 'h1',
  persistent_disk: 100,
  ...more,
});

test('a drain before an update names what changes', () => {
  const next = spec({
    job: { version: '2' },
    configuration_hash: 'h2',
    packages: { a: ref('a', '1'), b: ref('b', '2'), c: ref('c', '1') },
  });

  assert.deepEqual(updateParams(spec(), next), {
    jobChange: 'job_changed',
    hashChange: 'hash_changed',
    updatedPackages: ['b', 'c'],
    env: { BOSH_JOB_STATE: '{"persistent_disk":100}', BOSH_JOB_NEXT_STATE: '{"persistent_disk":100}' },
  });
  const { jobChange, hashChange, updatedPackages } = updateParams(spec(), spec());
  assert.deepEqual([jobChange, hashChange, updatedPackages], ['job_unchanged', 'hash_unchanged', []]);
  const fresh = updateParams({}, spec());
  assert.deepEqual([fresh.jobChange, fresh.hashChange], ['job_new', 'hash_new']);
});

test('a drain before a shutdown has no next state without a spec', () => {
  assert.deepEqual(shutdownParams(spec(), undefined), {
    jobChange: 'job_shutdown',
    hashChange: 'hash_unchanged',
    updatedPackages: [],
    env: { BOSH_JOB_STATE: '{"persistent_disk":100}' },
  });
});
