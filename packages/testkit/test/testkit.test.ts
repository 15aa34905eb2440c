import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { FakeClock, startNats, startPostgres, tempDir, testCertificates } from '../src/index.ts';

test('a database is a copy of the prepared one', async (t) => {
  const postgres = await startPostgres(t);
  const prepare = {
    key: 'numbers',
    run: async (url: string): Promise<void> => {
      await query(url, 'create table numbers (n int)');
    },
  };

  const first = await postgres.database(prepare);
  await query(first.url, 'insert into numbers values (1)');
  const second = await postgres.database(prepare);

  assert.deepEqual(await query(second.url, 'select * from numbers'), []);
});

test('nats-server knows a client by its certificate', async (t) => {
  const certificates = await testCertificates();
  const directory = await tempDir(t);
  const authFile = join(directory, 'auth.json');
  const users = [
    {
      user: 'C=USA, O=Cloud Foundry, CN=a1.agent.bosh-internal',
      permissions: { publish: ['director.*.a1.*'], subscribe: ['agent.a1'] },
    },
  ];
  await writeFile(authFile, JSON.stringify({ authorization: { users } }));
  const nats = await startNats(t, { tls: certificates, authFile });

  const agent = await certificates.agent('a1');
  const tls = { ca: certificates.ca.certificate, cert: agent.certificate, key: agent.privateKey };
  const connection = await connect({ servers: nats.url, tls });
  await connection.close();

  const stranger = await certificates.agent('a2');
  const wrong = { ca: certificates.ca.certificate, cert: stranger.certificate, key: stranger.privateKey };
  await assert.rejects(connect({ servers: nats.url, tls: wrong, maxReconnectAttempts: 0 }), /Authorization/);
  assert.match(new X509Certificate(agent.certificate).subject, /CN=a1\.agent\.bosh-internal/);
});

test('a fake clock wakes who was to sleep until then', async () => {
  const clock = new FakeClock();
  const woken: string[] = [];
  const sleepers = [clock.sleep(10).then(() => woken.push('short')), clock.sleep(30).then(() => woken.push('long'))];

  await clock.advance(20);
  assert.deepEqual(woken, ['short']);
  await clock.advance(20);
  await Promise.all(sleepers);
  assert.deepEqual(woken, ['short', 'long']);
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
