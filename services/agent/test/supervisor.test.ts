import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitFor } from '@boti/testkit';
import { freePort, isAlive, SupervisorProcess } from './supervisor-process.ts';

test('a start program that stays in the foreground is not waited for, and one that backgrounds works as well', async () => {
  await using supervisor = new SupervisorProcess();
  supervisor.job('fore');
  supervisor.job('back', { background: true });
  await supervisor.start();

  await supervisor.untilState('fore', 'running', 3);
  await supervisor.untilState('back', 'running', 3);

  const fore = (await supervisor.services()).get('fore');
  assert.equal(fore?.pid, supervisor.pid('fore'));
  assert.deepEqual(fore?.groups, ['vcap']);
});

test('a process that dies is started again within five seconds, and the alert goes out as a mail in monit’s form', async () => {
  const mailPort = await freePort();
  const mails: string[] = [];
  const mailServer = createServer((socket) => {
    socket.write('220 ready\r\n');
    let mail = '';
    socket.on('data', (chunk) => {
      mail += chunk.toString();
      if (mail.endsWith('\r\n.\r\n')) mails.push(mail);
      socket.write(/DATA\r\n$/.test(mail) ? '354 go on\r\n' : '250 ok\r\n');
    });
    socket.on('error', () => undefined);
  }).listen(mailPort, '127.0.0.1');
  await using supervisor = new SupervisorProcess();
  supervisor.job('web');
  await supervisor.start(`set alert foo@example.com not on { action }
set mailserver 127.0.0.1 port ${mailPort} with timeout 15 seconds
set mail-format { from: monit@localhost
  message: Service: $SERVICE it's "odd"
}`);
  await supervisor.untilState('web', 'running', 3);
  const first = supervisor.pid('web');

  process.kill(first, 'SIGKILL');

  await waitFor('another process runs', () => supervisor.pid('web') !== first && isAlive(supervisor.pid('web')), 5_000);
  await waitFor('the mail has come', () => mails.length > 0, 5_000);
  assert.match(
    mails[0] ?? '',
    /Message-id: <.+>\r\n[\s\S]*\r\n\r\nService: web\r\nEvent: Does not exist\r\nAction: restart\r\nDate: .+ \+0000\r\nDescription: process 'web' is not running\r\n/,
  );
  mailServer.close();
});

test('processes survive a killed supervisor, which takes them over again, and what was stopped stays stopped', async () => {
  await using supervisor = new SupervisorProcess();
  supervisor.job('kept');
  supervisor.job('halted');
  await supervisor.start();
  await supervisor.untilState('kept', 'running');
  await supervisor.untilState('halted', 'running');
  await supervisor.act('halted', 'stop');
  await supervisor.untilState('halted', 'stopped');
  const pid = supervisor.pid('kept');

  await supervisor.kill('SIGKILL');
  assert.ok(isAlive(pid));
  await supervisor.start();

  await supervisor.untilState('kept', 'running', 1);
  assert.equal(supervisor.pid('kept'), pid);
  assert.equal((await supervisor.services()).get('halted')?.monitor, 0);
});

test('a service starts after those it depends on, and stops before them', async () => {
  await using supervisor = new SupervisorProcess();
  const trace = join(supervisor.dir, 'trace');
  supervisor.job('db', { body: `sleep 0.3; echo db-up >> ${trace}; exec sleep 1000`, background: true });
  supervisor.job('app', { extra: 'group vcap\n  depends on db' });
  supervisor.script('app-start', `echo app >> ${trace}; echo $$ > ${supervisor.pidfile('app')}; exec sleep 1000`);
  supervisor.script('app-stop', `echo app-stop >> ${trace}; sleep 0.3; kill $(cat ${supervisor.pidfile('app')})`);
  supervisor.script('db-stop', `echo db-stop >> ${trace}; kill $(cat ${supervisor.pidfile('db')})`);
  supervisor.script('db-start', `echo db >> ${trace}; sleep 1000 & echo $! > ${supervisor.pidfile('db')}`);
  await supervisor.start();
  await supervisor.untilState('app', 'running');

  await supervisor.act('db', 'stop');

  await supervisor.untilState('db', 'stopped');
  assert.equal((await supervisor.services()).get('app')?.monitor, 0);
  assert.deepEqual(readFileSync(trace, 'utf8').trim().split('\n'), ['db', 'app', 'app-stop', 'db-stop']);
});

test('a start program that fails is told with its exit code, and tried again', async () => {
  await using supervisor = new SupervisorProcess();
  supervisor.job('broken');
  supervisor.script('broken-start', 'echo no config; exit 7');
  await supervisor.start();

  await supervisor.untilState('broken', 'failing', 5);

  const { status, statusMessage } = (await supervisor.services()).get('broken') ?? {};
  assert.deepEqual([status, statusMessage], [4096, "'broken' failed to start: its start program ended with 7"]);
  assert.equal(readFileSync(join(supervisor.dir, 'monit/output/broken.log'), 'utf8'), 'no config\n');
  supervisor.script('broken-start', `echo $$ > ${supervisor.pidfile('broken')}; exec sleep 1000`);
  await supervisor.untilState('broken', 'running', 5);
});

test('the monit command shows, stops by group and fails for unknown services', async () => {
  await using supervisor = new SupervisorProcess();
  supervisor.job('one');
  supervisor.job('other', { extra: 'group else' });
  await supervisor.start();
  await supervisor.untilState('one', 'running');
  await supervisor.untilState('other', 'running');

  assert.match((await supervisor.monit('summary')).stdout, /^Process 'one' +running$/m);
  assert.equal((await supervisor.monit('stop', '-g', 'vcap')).code, 0);
  await supervisor.untilState('one', 'stopped');
  await supervisor.untilState('other', 'running');
  assert.equal((await supervisor.monit('stop', '-g', 'nobody')).code, 0);
  const unknown = await supervisor.monit('start', 'nobody');
  assert.deepEqual([unknown.code, unknown.stderr], [1, 'monit: There is no service named "nobody"\n']);
});

test('reload takes new and removed services, changes the incarnation and tells broken files by line', async () => {
  await using supervisor = new SupervisorProcess();
  supervisor.job('old');
  await supervisor.start();
  await supervisor.untilState('old', 'running');
  const pid = supervisor.pid('old');
  const incarnation = async (): Promise<string> =>
    /incarnation="(\d+)"/.exec(await (await supervisor.request('/_status2?format=xml')).text())?.[1] ?? '';
  const before = await incarnation();
  supervisor.job('new');

  assert.equal((await supervisor.monit('reload')).code, 0);

  await supervisor.untilState('new', 'running');
  assert.equal(supervisor.pid('old'), pid);
  assert.notEqual(await incarnation(), before);
  writeFileSync(join(supervisor.dir, 'bad.monitrc'), 'check process bad\n  with pidfile /tmp/x\n  stort program "x"\n');
  const { code, stderr } = await supervisor.monit('reload');
  assert.deepEqual(
    [code, stderr],
    [1, `monit: ${supervisor.dir}/bad.monitrc:3: 'stort' is not understood in process 'bad'\n`],
  );
  rmSync(join(supervisor.dir, 'bad.monitrc'));
});

test('a process that takes too much memory is restarted', async () => {
  await using supervisor = new SupervisorProcess();
  const body = `exec ${process.execPath} -e 'globalThis.eaten = Buffer.alloc(100e6, 1); setInterval(() => 1, 1e6)'`;
  supervisor.job('eater', { body, extra: 'group vcap\n  if totalmem > 80 MB for 2 cycles then restart' });
  await supervisor.start();
  await supervisor.untilState('eater', 'running');
  const first = supervisor.pid('eater');

  await waitFor('it was restarted', () => supervisor.log.includes('restart eater'), 15_000);

  await waitFor(
    'another process runs',
    () => supervisor.pid('eater') !== first && isAlive(supervisor.pid('eater')),
    5_000,
  );
});

test('a service that keeps dying is given up after its restarts', async () => {
  await using supervisor = new SupervisorProcess();
  supervisor.job('dying', { body: 'sleep 0.1', extra: 'group vcap\n  if 3 restarts within 10 cycles then timeout' });
  await supervisor.start();

  await supervisor.untilState('dying', 'stopped', 20);

  assert.match(supervisor.log, /dying: service restarted 3 times within 10 cycles/);
});

test('wrong credentials are refused', async () => {
  await using supervisor = new SupervisorProcess();
  await supervisor.start();

  const response = await supervisor.request('/_status2', { headers: { authorization: `Basic ${btoa('a:b')}` } });

  assert.equal(response.status, 401);
});
