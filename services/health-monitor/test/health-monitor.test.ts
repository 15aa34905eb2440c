/** The program itself, between a real bus and something that answers as a Director does. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { connectNats } from '@boti/agent-client';
import { startNats, startProgram, tempDir, testCertificates, waitFor } from '@boti/testkit';

const main = join(import.meta.dirname, '../src/main.ts');
const certificates = await testCertificates();
const dir = await tempDir({ after });

interface Received {
  readonly request: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** Two instances: one whose agent is heard of, one whose agent never says a word. */
const instances = ['heard', 'silent'].map((name, index) => ({
  agent_id: `agent-${name}`,
  cid: `vm-${name}`,
  job: 'web',
  index,
  id: name,
  az: 'z1',
  ips: [],
  vm_created_at: null,
  expects_vm: true,
}));

async function startFakeDirector() {
  const received: Received[] = [];
  const answers: Readonly<Record<string, unknown>> = {
    'GET /deployments': [{ name: 'shop', teams: [], locked: false }],
    'GET /deployments/shop/instances': instances,
    'GET /tasks': [],
  };
  const { privateKey: key, certificate: cert } = certificates.https;
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = `${message.method} ${message.url?.split('?')[0]}`;
    const body = message.method === 'GET' ? undefined : await json(message);
    received.push({ request, authorization: message.headers.authorization, body });
    response.end(JSON.stringify(answers[request] ?? {}));
  };
  const server = createServer({ key, cert }, (message, response) => void answer(message, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return { received, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function startMonitor(directorUrl: string, natsUrl: string) {
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };
  const ca = await file('ca.crt', certificates.ca.certificate);
  const config = {
    director: { url: directorUrl, user: 'hm', password: 'secret', ca },
    nats: {
      servers: [natsUrl],
      ca,
      certificate: await file('hm.crt', certificates.healthMonitor.certificate),
      privateKey: await file('hm.key', certificates.healthMonitor.privateKey),
    },
    listen: { port: 0 },
    intervals: { poll_director: 0.2, analyze_agents: 0.2, agent_timeout: 1 },
  };
  const program = await startProgram(main, '--config', await file('config.json', JSON.stringify(config)));
  after(() => program.stop());
  return program;
}

test('a silent VM is told of and made anew, an alert of an agent becomes an event, and numbers are there', async () => {
  const director = await startFakeDirector();
  const nats = await startNats({ after }, { tls: certificates });
  const monitor = await startMonitor(director.url, nats.url);
  const { certificate, privateKey } = await certificates.agent('agent-heard');
  const tls = { ca: certificates.ca.certificate, certificate, private_key: privateKey };
  const agent = await connectNats({ servers: [nats.url], tls });
  after(() => agent.close());
  const beat = { job_state: 'running', vitals: { mem: { percent: '12', kb: '1' }, load: ['0.5'] } };
  const beating = setInterval(() => agent.publish('hm.agent.heartbeat.agent-heard', JSON.stringify(beat)), 100);
  after(() => clearInterval(beating));

  const put = await waitFor('the VM to be made anew', () =>
    director.received.find(({ request }) => request === 'PUT /deployments/shop/scan_and_fix'),
  );
  assert.deepEqual(put.body, { jobs: { web: ['silent'] } });
  assert.equal(put.authorization, `Basic ${Buffer.from('hm:secret').toString('base64')}`);

  const alert = { id: 'a1', severity: 2, title: 'web', summary: 'restarted', created_at: 1_700_000_000 };
  agent.publish('hm.agent.alert.agent-heard', JSON.stringify(alert));
  agent.publish('hm.agent.alert.agent-heard', 'no JSON');
  const events = (): readonly Received[] => director.received.filter(({ request }) => request === 'POST /events');
  await waitFor('both events', () => events().length >= 2);
  assert.deepEqual(events().at(-1)?.body, {
    timestamp: '1700000000',
    action: 'create',
    object_type: 'alert',
    object_name: 'a1',
    deployment: 'shop',
    instance: 'web/heard',
    context: { message: 'web. restarted', severity: 'critical' },
  });
  const [first] = events().map(({ body }) => (body as { context: { message: string } }).context.message);
  assert.match(first ?? '', /^agent-silent has timed out/);

  const get = async (path: string): Promise<string> => (await fetch(`${monitor.urls[0]}${path}`)).text();
  assert.match(await get('/metrics'), /boti_agent_up\{deployment="shop",group="web",id="heard"\} 1\n/);
  assert.match(await get('/metrics'), /boti_agent_up\{deployment="shop",group="web",id="silent"\} 0\n/);
  assert.deepEqual(JSON.parse(await get('/unresponsive_agents')), { shop: 1 });
  assert.equal(events().length, 2, 'the silent agent is told of once');
});
