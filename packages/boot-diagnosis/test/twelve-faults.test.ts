import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { createAuthority, type KeyAndCertificate } from '@boti/certificates';
import type { VmNetworks } from '@boti/cpi-sdk';
import { type BootCause, type BootEvidence, diagnoseBoot, gatherEvidence, probeTcp } from '../src/index.ts';
import { consoles } from './consoles.ts';
import { type HttpsEnd, startHttpsEnd } from './https-end.ts';

const day = 86_400_000;
const ca = await createAuthority('mbus-ca', { days: 30 });
const own = await issue();
const end = await startHttpsEnd(own);
after(() => end[Symbol.asyncDispose]());

function issue(name = '127.0.0.1'): Promise<KeyAndCertificate> {
  return ca.issue({ commonName: name, alternativeNames: [name], usages: ['server'], days: 3 });
}

interface Fault {
  readonly port?: number;
  readonly credentials?: string;
  readonly authority?: string;
  readonly networks?: VmNetworks;
  readonly answeredBefore?: boolean;
  readonly settingsBus?: string;
  readonly console?: string;
  readonly vmExists?: boolean;
  readonly now?: Date;
}

const networks: VmNetworks = {
  private: { type: 'manual', ip: '127.0.0.1', netmask: '255.0.0.0', gateway: '127.0.0.2', default: ['gateway'] },
};

/** Evidence of a VM with one thing wrong, gathered as create-env gathers it. */
function evidenceOf(fault: Fault): Promise<BootEvidence> {
  return gatherEvidence({
    vmCid: 'vm-1',
    networks: fault.networks ?? networks,
    cloud: {
      hasVm: async () => fault.vmExists ?? true,
      consoleLog: async () => fault.console ?? consoles.healthy,
    },
    httpsBus: {
      url: `https://${fault.credentials ?? 'user:pass'}@127.0.0.1:${fault.port ?? end.port}`,
      ca: fault.authority ?? ca.certificate,
    },
    answeredBefore: fault.answeredBefore ?? false,
    settingsBus: fault.settingsBus,
    now: () => fault.now ?? new Date(),
    signal: AbortSignal.timeout(20_000),
  });
}

async function mostLikely(fault: Fault): Promise<BootCause | undefined> {
  return diagnoseBoot(await evidenceOf(fault)).findings[0]?.cause;
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function withEnd<T>(tls: KeyAndCertificate, offsetMs: number, work: (at: HttpsEnd) => Promise<T>): Promise<T> {
  await using other = await startHttpsEnd(tls, offsetMs);
  return await work(other);
}

test('an agent that answers gives no cause', async () => {
  assert.equal(await mostLikely({}), undefined);
});

test('wrong gateway: outside of the range, its own address, or no way out on the console', async () => {
  const port = await closedPort();
  const outside: VmNetworks = {
    private: { type: 'manual', ip: '127.0.0.1', netmask: '255.255.255.0', gateway: '10.0.0.1' },
  };
  const itself: VmNetworks = {
    private: { type: 'manual', ip: '127.0.0.1', netmask: '255.0.0.0', gateway: '127.0.0.1' },
  };

  assert.equal(await mostLikely({ port, networks: outside }), 'gateway-wrong');
  assert.equal(await mostLikely({ port, networks: itself }), 'gateway-wrong');
  assert.equal(await mostLikely({ port, console: consoles.noRoute }), 'gateway-wrong');
});

test('an IP address that is in use: something answered before the VM was there', async () => {
  const stranger = await createAuthority('stranger', { days: 1 });
  const tls = await stranger.issue({ commonName: 'printer', usages: ['server'], days: 1 });

  await withEnd(tls, 0, async ({ port }) => {
    const before = await probeTcp({ host: '127.0.0.1', port, timeoutMs: 1000, signal: AbortSignal.timeout(5000) });
    assert.equal(before, 'open');
    assert.equal(await mostLikely({ port, answeredBefore: true }), 'address-in-use');
  });
});

test('a closed port', async () => {
  assert.equal(await mostLikely({ port: await closedPort() }), 'port-closed');
});

test('an agent that listens on another port than it is looked for', async () => {
  const port = await closedPort();
  assert.equal(await mostLikely({ port, settingsBus: 'https://user:pass@0.0.0.0:6868' }), 'bus-port-differs');
});

test('a wrong CA', async () => {
  const other = await createAuthority('other-ca', { days: 1 });

  const { findings } = diagnoseBoot(await evidenceOf({ authority: other.certificate }));

  assert.equal(findings[0]?.cause, 'ca-wrong');
  assert.match(findings[0].text, /mbus-ca/);
});

test('an expired certificate', async () => {
  assert.equal(await mostLikely({ now: new Date(Date.now() + 10 * day), authority: otherCa }), 'certificate-expired');
});

test('clock skew: a certificate from the future, another time in the answer, or on the console', async () => {
  const past = new Date(Date.now() - 10 * day);
  assert.equal(await mostLikely({ now: past, authority: otherCa }), 'clock-skew');
  await withEnd(own, 2 * 3_600_000, async ({ port }) => {
    assert.equal(await mostLikely({ port }), 'clock-skew');
  });
  assert.equal(await mostLikely({ port: await closedPort(), console: consoles.notYetValid }), 'clock-skew');
});

/** A time cannot be given to the TLS library: any authority that refuses lets the dates be looked at. */
const otherCa = (await createAuthority('other-ca', { days: 1 })).certificate;

test('no settings', async () => {
  const port = await closedPort();
  assert.equal(await mostLikely({ port, console: consoles.noSettings }), 'settings-missing');
  assert.equal(await mostLikely({ port, console: consoles.noSettingsUpstream }), 'settings-missing');
});

test('malformed settings', async () => {
  const port = await closedPort();
  assert.equal(await mostLikely({ port, console: consoles.malformedSettings }), 'settings-malformed');
  assert.equal(await mostLikely({ port, console: consoles.incompleteSettings }), 'settings-malformed');
  assert.equal(await mostLikely({ port, console: consoles.malformedSettingsUpstream }), 'settings-malformed');
});

test('an agent crash loop', async () => {
  const port = await closedPort();
  assert.equal(await mostLikely({ port, console: consoles.crashLoop }), 'agent-crash-loop');
  assert.equal(await mostLikely({ port, console: consoles.crashLoopUpstream }), 'agent-crash-loop');
});

test('a full disk', async () => {
  const port = await closedPort();
  assert.equal(await mostLikely({ port, console: consoles.diskFull }), 'disk-full');
  assert.equal(await mostLikely({ port, console: consoles.diskFullUpstream }), 'disk-full');
});

test('a wrong disk hint', async () => {
  const port = await closedPort();
  assert.equal(await mostLikely({ port, console: consoles.wrongDiskHint }), 'disk-hint-wrong');
  assert.equal(await mostLikely({ port, console: consoles.wrongDiskHintUpstream }), 'disk-hint-wrong');
});

test('wrong credentials of the bus', async () => {
  assert.equal(await mostLikely({ credentials: 'user:wrong' }), 'credentials-wrong');
});

test('a VM that is gone', async () => {
  assert.equal(await mostLikely({ port: await closedPort(), vmExists: false }), 'vm-gone');
});

test('the text names cause and remedy, and never a password', async () => {
  const { text, remedy } = diagnoseBoot(await evidenceOf({ credentials: 'user:secret-word' }));

  assert.match(text, /^Most likely cause: The agent at 127\.0\.0\.1 refuses user and password/);
  assert.ok(text.includes(`To do: ${remedy}`));
  assert.doesNotMatch(text, /secret-word/);
});
