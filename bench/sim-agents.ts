// 10,000 agents of the simulated cloud on a real nats-server, each with a heartbeat every 30 seconds: memory, CPU, and
// how long until all have been heard.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNatsBus } from '@boti/agent-client';
import { agentId, mapConcurrent } from '@boti/core';
import { openCpi } from '@boti/cpi-client';
import { simExecutable } from '@boti/cpi-sim';
import { startNats, tempDir, testCertificates, waitFor } from '@boti/testkit';
import { Cleanups } from './support/cleanups.ts';
import { cpuSeconds, memoryOf } from './support/processes.ts';
import { isQuick, report, say, timed } from './support/report.ts';

const agents = isQuick ? 1000 : 10_000;
const heartbeatSeconds = 30;
const name = `sim-agents/${agents}`;

await using cleanups = new Cleanups();
const stateDir = await tempDir(cleanups);
const certificates = await testCertificates();
const nats = await startNats(cleanups, { tls: certificates });
const cert = {
  ca: certificates.ca.certificate,
  certificate: certificates.director.certificate,
  private_key: certificates.director.privateKey,
};
await using bus = await openNatsBus({ servers: [nats.url], tls: cert });
await using cpi = openCpi({
  executable: simExecutable,
  directorUuid: randomUUID(),
  properties: { stateDir, heartbeatSeconds, agent: { mbus: nats.url } },
});

const heard = new Set<string>();
let beats = 0;
using _heartbeats = bus.subscribe('hm.agent.heartbeat.*', (subject) => {
  heard.add(subject);
  beats += 1;
});

say(`${agents} agents, each with its own connection over TLS`);
const cloud = cpi.cloud();
const stemcell = await cloud.createStemcell(import.meta.filename, {});
const made = await timed(async () => {
  await mapConcurrent(
    Array.from({ length: agents }, (_, n) => n),
    32,
    async (n) => {
      const networks = { default: { type: 'manual' as const, ip: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}` } };
      await cloud.createVm({
        agentId: agentId(`agent-${n}`),
        stemcellCid: stemcell,
        cloudProperties: {},
        networks,
        diskCids: [],
        env: { bosh: { mbus: { cert } } },
      });
    },
  );
});
const all = await timed(() => waitFor('a heartbeat of each agent', () => heard.size === agents, 600_000));
report(`${name}/created`, made.seconds, 's');
report(`${name}/all-heard-after`, all.seconds, 's');

const pids = [await simPid(), nats.pid];
const [cpuBefore, beatsBefore] = [cpuSeconds(pids), beats];
const window = await timed(() => new Promise((resolve) => setTimeout(resolve, heartbeatSeconds * 1000)));
report(`${name}/heartbeats`, (beats - beatsBefore) / window.seconds, '1/s');
report(`${name}/cpu`, ((cpuSeconds(pids) - cpuBefore) / window.seconds) * 100, '%');
const [sim = 0, server = 0] = pids.map((pid) => memoryOf(pid).rss);
report(`${name}/rss/sim`, sim, 'MB');
report(`${name}/rss/nats`, server, 'MB');
report(`${name}/rss`, sim + server, 'MB');

async function simPid(): Promise<number> {
  const lines = (await readFile(join(stateDir, 'sim.log'), 'utf8')).trim().split('\n');
  return (JSON.parse(lines.find((line) => line.includes('is up')) ?? '{}') as { readonly pid: number }).pid;
}
