import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMonitFile } from './parse.ts';
import { splitCommand } from './parse-program.ts';

const parse = (text: string): ReturnType<typeof parseMonitFile> => parseMonitFile(text, 'job.monitrc');

test('a process check with everything that jobs use is understood', () => {
  const { processes, unchecked } = parse(`
# A comment with "quotes"
check process web_1 with pidfile /var/vcap/sys/run/web/web.pid
  start program = "/var/vcap/jobs/web/bin/ctl start 'two words'" as uid vcap and gid vcap with timeout 60 seconds
  stop program "/var/vcap/jobs/web/bin/ctl stop"
  group vcap
  depends on db, cache
  mode manual
  if totalmem > 500 Mb for 3 cycles then alert
  if totalmem is greater than 2 GB for 2 times within 5 cycles then restart
  if cpu usage > 90% for 5 cycles then exec "/bin/notify" else if passed for 2 cycles then alert
  if failed host 10.0.0.1 port 80 protocol http with timeout 10 seconds for 4 cycles then restart
  if does not exist then restart
  if 5 restarts within 20 cycles then timeout
  if changed pid 2 times within 5 cycles then alert
`);

  const [process] = processes;
  assert.deepEqual(process?.start, {
    argv: ['/var/vcap/jobs/web/bin/ctl', 'start', 'two words'],
    uid: 'vcap',
    gid: 'vcap',
    timeoutMs: 60_000,
  });
  assert.deepEqual([process?.groups, process?.dependsOn, process?.mode], [['vcap'], ['db', 'cache'], 'manual']);
  assert.deepEqual(
    process?.rules.map(({ test: { kind, ...rest }, times, cycles, action }) => [
      kind,
      rest,
      times,
      cycles,
      action.kind,
    ]),
    [
      ['memory', { total: true, operator: '>', limit: { kb: 512_000 } }, 3, 3, 'alert'],
      ['memory', { total: true, operator: '>', limit: { kb: 2 * 1024 * 1024 } }, 2, 5, 'restart'],
      ['cpu', { total: false, operator: '>', percent: 90 }, 5, 5, 'exec'],
      ['port', { host: '10.0.0.1', port: 80, timeoutMs: 10_000 }, 4, 4, 'restart'],
      ['missing', {}, 1, 1, 'restart'],
      ['restarts', { restarts: 5, cycles: 20 }, 1, 1, 'unmonitor'],
      ['unchecked', {}, 2, 5, 'alert'],
    ],
  );
  assert.deepEqual(unchecked, ['job.monitrc:3: web_1: if changed pid 2 times within 5 cycles']);
});

test('several checks stand in one file; those of files, systems and hosts are passed over and told', () => {
  const { processes, unchecked } = parse(`check file log with path /var/log/x
  if size > 100 MB then alert
check process a
  with pidfile /a
check system localhost
  if loadavg (1min) > 4 then alert
check process b pidfile "/b"`);

  assert.deepEqual(
    processes.map((process) => [process.name, process.pidfile]),
    [
      ['a', '/a'],
      ['b', '/b'],
    ],
  );
  assert.deepEqual(unchecked, ['job.monitrc:1: check file log', 'job.monitrc:5: check system localhost']);
});

test('global settings are read', () => {
  const config = parse(`set daemon 15 with start delay 60
set logfile /var/vcap/monit/monit.log
set httpd port 2822 and use address 127.0.0.1
  allow cleartext /var/vcap/monit/monit.user
set alert foo@example.com not on { action, instance, pid }
set mailserver 127.0.0.1 port 2825
  with timeout 15 seconds
set eventqueue basedir /var/vcap/monit/events slots 5000
set mail-format { from: monit@localhost
  message: it's $SERVICE }
include /var/vcap/monit/job/*.monitrc`);

  assert.deepEqual(config, {
    processes: [],
    includes: ['/var/vcap/monit/job/*.monitrc'],
    unchecked: [],
    pollMs: 15_000,
    http: { port: 2822, address: '127.0.0.1', credentialsFile: '/var/vcap/monit/monit.user' },
    recipient: 'foo@example.com',
    mailServer: { host: '127.0.0.1', port: 2825 },
  });
});

const mistakes: readonly (readonly [string, string])[] = [
  ['check process a\n  start program "x"', "job.monitrc:1: process 'a' has no pidfile"],
  ['check process a with pidfile /a\n  stop program "x', 'job.monitrc:2: a text that starts with " does not end'],
  ['check process a with pidfile /a\n\n  if totalmem > 5 MB restart', "job.monitrc:3: 'if' has no 'then'"],
  ['check process a with pidfile /a\n  if totalmem > 5 MB then explode', "job.monitrc:2: 'explode' is no action"],
  ['check process a with pidfile', 'job.monitrc:1: a path is missing at the end of the file'],
  ['chek process a', "job.monitrc:1: expected 'check', 'set' or 'include', found 'chek'"],
];
for (const [text, message] of mistakes) {
  test(`a mistake is told with file and line: ${message}`, () => {
    assert.throws(() => parse(text), { name: 'MonitSyntaxError', message });
  });
}

test('commands are split at blanks, quotes hold together', () => {
  assert.deepEqual(splitCommand(String.raw`/bin/a  'b c' "d \"e\"" f\ g h'i j'k`), [
    '/bin/a',
    'b c',
    'd "e"',
    'f g',
    'hi jk',
  ]);
});
