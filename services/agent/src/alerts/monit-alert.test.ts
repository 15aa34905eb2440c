import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertOf } from './monit-alert.ts';

const now = new Date('2026-01-01T00:00:00Z');
const mail = (event: string, date = 'Sun, 22 May 2011 20:07:41 +0500'): string => `From: monit@localhost\r
Message-id: <1304319946.0@localhost>\r
\r
Service: nats\r
Event: ${event}\r
Action: restart\r
Date: ${date}\r
Description: process is not running\r
`;

test('a mail of the job supervisor becomes an alert with the addresses of the VM, sorted', () => {
  assert.deepEqual(alertOf(mail('Does not exist'), ['192.168.0.2', '10.0.0.1'], now), {
    id: '1304319946.0@localhost',
    severity: 1,
    title: 'nats (10.0.0.1, 192.168.0.2) - Does not exist - restart',
    summary: 'process is not running',
    created_at: 1306076861,
  });
});

test('without addresses there are no parentheses, without a date it is now', () => {
  const alert = alertOf(mail('PID changed', 'yesterday'), [], now);

  assert.deepEqual(
    [alert?.title, alert?.severity, alert?.created_at],
    ['nats - PID changed - restart', 4, now.getTime() / 1000],
  );
});

const severities: readonly (readonly [string, number | undefined])[] = [
  ['Connection failed', 1],
  ['uid failed', 2],
  ['never heard of', 2],
  ['Content changed', 2],
  ['UID changed', 4],
  ['Size changed', 3],
  ['Exists', undefined],
  ['Checksum not changed', undefined],
  ['Connection succeeded', undefined],
];
for (const [event, severity] of severities) {
  test(`'${event}' has the severity ${severity ?? 'of no interest'}`, () => {
    assert.equal(alertOf(mail(event), [], now)?.severity, severity);
  });
}
