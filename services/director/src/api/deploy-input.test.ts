import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployFlags, wantedState } from './deploy-input.ts';
import { Query } from './query.ts';

const flags = (query: string) => deployFlags(new Query(`/deployments?${query}`));

test('flags are true for the text true only', () => {
  const { recreate, fix, dryRun, skipDrain, canaries, maxInFlight } = flags(
    'recreate=true&fix=1&dry_run=true&skip_drain=a,b&canaries=3&max_in_flight=50%25',
  );

  assert.deepEqual(
    { recreate, fix, dryRun, skipDrain, canaries, maxInFlight },
    { recreate: true, fix: false, dryRun: true, skipDrain: ['a', 'b'], canaries: 3, maxInFlight: '50%' },
  );
});

test('old VMs are named by an RFC 3339 time, and only to be recreated', () => {
  const time = '2026-01-02T03:04:05%2B01:00';
  assert.equal(
    flags(`recreate=true&recreate_vms_created_before=${time}`).recreateVmsCreatedBefore,
    '2026-01-02T02:04:05.000Z',
  );
  assert.equal(
    flags(`state=recreate&recreate_vms_created_before=${time}`).recreateVmsCreatedBefore,
    '2026-01-02T02:04:05.000Z',
  );
  assert.throws(() => flags(`recreate_vms_created_before=${time}`), { errorCode: 40005 });
  assert.throws(() => flags('recreate=true&recreate_vms_created_before=yesterday'), { errorCode: 40005 });
});

test('a state that nobody knows is refused', () => {
  assert.equal(wantedState('detached'), 'detached');
  assert.equal(wantedState(undefined), undefined);
  assert.throws(() => wantedState('asleep'), { errorCode: 40005 });
});
