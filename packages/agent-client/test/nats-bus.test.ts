import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AgentError } from '@boti/agent-protocol';
import { startNats, type TestCertificates, testCertificates, waitFor } from '@boti/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type AgentBus, AgentTimeout, openNatsBus } from '../src/index.ts';
import { type CuttableProxy, cuttableProxy } from './cuttable-proxy.ts';

const cleanups: (() => Promise<void> | void)[] = [];
const cleanup = { after: (work: () => Promise<void> | void) => void cleanups.unshift(work) };
let certificates: TestCertificates;
let proxy: CuttableProxy;
let bus: AgentBus;
let agent: NatsConnection;
const received: { method: string; arguments: unknown[]; reply_to: string; protocol: number }[] = [];

before(async () => {
  certificates = await testCertificates();
  const nats = await startNats(cleanup, { tls: certificates });
  proxy = await cuttableProxy(nats.port);
  cleanup.after(() => proxy.close());
  bus = await openNatsBus({ servers: [`nats://127.0.0.1:${proxy.port}`], tls: directorTls() });
  cleanup.after(async () => await bus[Symbol.asyncDispose]());
  const { certificate: cert, privateKey: key } = await certificates.agent('agent-1');
  agent = await connect({ port: nats.port, tls: { ca: certificates.ca.certificate, cert, key } });
  cleanup.after(() => agent.close());
});

after(async () => {
  for (const work of cleanups) await work();
});

function directorTls(): { ca: string; certificate: string; private_key: string } {
  const { ca, director } = certificates;
  return { ca: ca.certificate, certificate: director.certificate, private_key: director.privateKey };
}

/** Plays an agent: `answer` gives the reply to each request, or undefined for silence. */
async function play(agentId: string, answer: (method: string, args: unknown[]) => unknown): Promise<void> {
  agent.subscribe(`agent.${agentId}`, {
    callback: (_error, message) => {
      const request = message.json<(typeof received)[number]>();
      received.push(request);
      const reply = answer(request.method, request.arguments);
      if (reply !== undefined) agent.publish(request.reply_to, JSON.stringify(reply));
    },
  });
  await agent.flush();
}

test('a synchronous call answers the value and speaks protocol 3', async () => {
  await play('a', (method) => ({ value: method === 'ping' ? 'pong' : null }));

  assert.equal(await bus.agent('a').call('ping', []), 'pong');

  const request = received.at(-1);
  assert.deepEqual([request?.method, request?.arguments, request?.protocol], ['ping', [], 3]);
  assert.match(request?.reply_to ?? '', /^director\.[0-9a-f-]{36}\.a\.[0-9a-f-]{36}$/);
});

test('an asynchronous call follows the task to its bare final value', async () => {
  let polls = 0;
  await play('b', (method) => {
    if (method === 'get_task') polls += 1;
    return { value: polls < 4 ? { agent_task_id: 'task-1', state: 'running' } : 'applied' };
  });
  const start = Date.now();

  assert.equal(await bus.agent('b').call('apply', [{}]), 'applied');

  assert.equal(polls, 4);
  assert.ok(Date.now() - start < 800, 'short tasks are polled quickly');
});

test('an exception becomes an AgentError with the agent’s message', async () => {
  await play('c', (method) => ({ exception: { message: `unknown message ${method}` } }));

  await assert.rejects(bus.agent('c').call('info', []), (error) => {
    assert.ok(error instanceof AgentError);
    assert.equal(error.message, 'unknown message info');
    return error.isUnknownMessage;
  });
});

test('silence is a timeout that names method, instance, agent and seconds; get_state is asked three times', async () => {
  let asked = 0;
  await play('d', () => {
    asked += 1;
    return undefined;
  });
  const silent = bus.agent('d', { name: 'redis/0b1c' });

  await assert.rejects(silent.call('get_state', [], { timeoutMs: 100 }), (error) => {
    assert.ok(error instanceof AgentTimeout);
    const expected = "Timed out sending 'get_state' to instance: 'redis/0b1c', agent-id: 'd' after 0.1 seconds";
    assert.equal(error.message, expected);
    return true;
  });
  assert.equal(asked, 3);
});

test('a cancelled errand sends cancel_task and still answers its result', async () => {
  let cancelled = false;
  await play('e', (method, args) => {
    if (method === 'cancel_task') {
      assert.deepEqual(args, ['task-1']);
      cancelled = true;
      return { value: 'canceled' };
    }
    return {
      value: cancelled ? { stdout: 'part', stderr: '', exit_code: 143 } : { agent_task_id: 'task-1', state: 'running' },
    };
  });

  const result = await bus.agent('e').call('run_errand', ['smoke'], { signal: AbortSignal.timeout(150) });

  assert.deepEqual(result, { stdout: 'part', stderr: '', exit_code: 143 });
});

test('any other cancelled call ends with the reason of the signal', async () => {
  await play('f', (method) =>
    method === 'cancel_task'
      ? { exception: { message: 'Action Failed cancel_task: not supported' } }
      : { value: { agent_task_id: 't', state: 'running' } },
  );
  const reason = new Error('task 7 was cancelled');
  const abort = new AbortController();
  setTimeout(() => abort.abort(reason), 100);

  await assert.rejects(bus.agent('f').call('apply', [{}], { signal: abort.signal }), reason);
});

test('stop overlooks services that do not stop in time', async () => {
  await play('g', (method) =>
    method === 'stop'
      ? { value: { agent_task_id: 't', state: 'running' } }
      : {
          exception: {
            message: 'Task t result: Stopping Monitored Services: Timed out waiting for service web to stop',
          },
        },
  );

  assert.equal(await bus.agent('g').call('stop', []), 'stopped');
});

test('waiting until an agent is ready goes on through silence, and ends with a timeout', async () => {
  let pings = 0;
  await play('h', () => {
    pings += 1;
    return pings < 2 ? undefined : { value: 'pong' };
  });

  await bus.agent('h').waitUntilReady({ timeoutMs: 5000 });
  assert.equal(pings, 2);
  await assert.rejects(bus.agent('nobody').waitUntilReady({ timeoutMs: 150 }), AgentTimeout);
});

test('heartbeats are received with their subject, and the bus survives a lost connection', async () => {
  const beats: [string, unknown][] = [];
  using _ = bus.subscribe('hm.agent.heartbeat.*', (subject, payload) => beats.push([subject, payload]));
  proxy.cut();

  await waitFor('a heartbeat', () => {
    agent.publish('hm.agent.heartbeat.a', JSON.stringify({ job_state: 'running' }));
    return beats.length > 0;
  });

  assert.deepEqual(beats[0], ['hm.agent.heartbeat.a', { job_state: 'running' }]);
});

test('a server that is not called *.nats.bosh-internal is refused', async () => {
  const impostor = await startNats(cleanup, { tls: { ...certificates, nats: certificates.https } });

  const opening = openNatsBus({ servers: [impostor.url], tls: directorTls(), connectTimeoutMs: 0 });

  await assert.rejects(opening, /certificate is for '127.0.0.1'/);
});

test('an agent that is on the bus and silent is told from one that is not', async () => {
  await play('silent', () => undefined);

  assert.equal(await bus.isListening('silent'), true);
  assert.equal(await bus.isListening('absent'), false);
});
