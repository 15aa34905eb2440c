import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMemory } from './vitals.ts';

test('memory and swap are told in kB and whole percent, as texts', () => {
  const meminfo =
    'MemTotal:       1000 kB\nMemFree:  100 kB\nMemAvailable:    746 kB\nSwapTotal:      0 kB\nSwapFree:       0 kB\n';

  assert.deepEqual(parseMemory(meminfo), { mem: { kb: '254', percent: '25' }, swap: { kb: '0', percent: '0' } });
});
