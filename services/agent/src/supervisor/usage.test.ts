import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measure } from './usage.ts';

const process = (pid: number, ppid: number, cpuTicks: number, rssKb: number) => ({
  pid,
  ppid,
  cpuTicks,
  rssKb,
  startTicks: 0,
});

test('memory and CPU count the process alone and with all its descendants', () => {
  const before = { memoryKb: 10_000, uptime: 100, processes: [process(7, 1, 100, 1000), process(8, 7, 0, 500)] };
  const later = {
    memoryKb: 10_000,
    uptime: 110,
    processes: [process(7, 1, 200, 1000), process(8, 7, 400, 500), process(9, 8, 0, 500), process(5, 1, 9, 9)],
  };

  const first = measure(7, before, undefined);
  const second = measure(7, later, first?.sample);

  assert.equal(first?.usage.cpuPercent, 1);
  assert.deepEqual(second?.usage, {
    kb: 1000,
    totalKb: 2000,
    memoryPercent: 10,
    totalMemoryPercent: 20,
    cpuPercent: 10,
    totalCpuPercent: 50,
    children: 2,
  });
  assert.equal(measure(6, later, undefined), undefined);
});
