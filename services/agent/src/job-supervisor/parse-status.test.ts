import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMonitStatus, processState } from './parse-status.ts';

test('the status page of monit 5.2 is read: groups, states, CDATA', () => {
  const status = parseMonitStatus(`<?xml version="1.0" encoding="ISO-8859-1"?>
<monit id="1" incarnation="1425426900" version="5.2.4">
  <services>
    <service name="web">
      <status>0</status><monitor>1</monitor><pendingaction>0</pendingaction><pid>12</pid><uptime>880</uptime>
      <memory><percent>0.1</percent><percenttotal>0.5</percenttotal><kilobyte>4004</kilobyte><kilobytetotal>4024</kilobytetotal></memory>
      <cpu><percent>0.0</percent><percenttotal>0.3</percenttotal></cpu>
    </service>
    <service name="a&amp;b">
      <status>4096</status><status_message><![CDATA[failed to start]]></status_message><monitor>1</monitor><pendingaction>3</pendingaction>
    </service>
  </services>
  <servicegroups><servicegroup name="vcap"><service>web</service><service>a&amp;b</service></servicegroup></servicegroups>
</monit>`);

  assert.equal(status.incarnation, '1425426900');
  assert.deepEqual(status.services, [
    {
      name: 'web',
      groups: ['vcap'],
      status: 0,
      statusMessage: '',
      monitor: 1,
      isPending: false,
      pid: 12,
      uptimeSecs: 880,
      memoryKb: 4024,
      memoryPercent: 0.5,
      cpuPercent: 0.3,
    },
    {
      name: 'a&b',
      groups: ['vcap'],
      status: 4096,
      statusMessage: 'failed to start',
      monitor: 1,
      isPending: true,
      pid: 0,
      uptimeSecs: 0,
      memoryKb: 0,
      memoryPercent: 0,
      cpuPercent: 0,
    },
  ]);
  assert.deepEqual(status.services.map(processState), ['running', 'failing']);
});
