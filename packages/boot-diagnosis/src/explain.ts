import { bootCauses, type Finding } from './causes.ts';
import type { BootEvidence } from './evidence.ts';
import { explainBus } from './explain-bus.ts';
import { explainConsole } from './explain-console.ts';
import { explainNetworks } from './explain-networks.ts';

/** Explanations that the evidence allows, the most likely one first. Empty when it allows none. */
export function explainBoot(evidence: BootEvidence): readonly Finding[] {
  const findings = [
    ...explainVm(evidence),
    ...explainBus(evidence),
    ...explainNetworks(evidence),
    ...explainConsole(evidence),
    ...explainMessageBus(evidence),
  ];
  const once = findings.filter(({ cause }, index) => findings.findIndex((other) => other.cause === cause) === index);
  return once.toSorted((a, b) => bootCauses.indexOf(a.cause) - bootCauses.indexOf(b.cause));
}

function explainVm({ vmExists, vmCid }: BootEvidence): readonly Finding[] {
  if (vmExists !== false) return [];
  return [
    {
      cause: 'vm-gone',
      text: `The CPI says that VM '${vmCid}' no longer exists: it stopped, or was deleted outside of BOSH.`,
      remedy: "Look into the cloud's own log of why it went.",
    },
  ];
}

function explainMessageBus({ isOnBus, busLog }: BootEvidence): readonly Finding[] {
  const findings: Finding[] = [];
  if (/authorization violation|authentication (?:error|failure)/i.test(busLog ?? '')) {
    findings.push({
      cause: 'credentials-wrong',
      text: 'The message bus refused a client that presented wrong credentials while the VM booted.',
      remedy: 'Compare the certificate in env.bosh.mbus.cert with what nats-server lets in.',
    });
  }
  if (/tls[^\n]*(?:bad certificate|unknown (?:certificate )?authority|expired)/i.test(busLog ?? '')) {
    findings.push({
      cause: 'ca-wrong',
      text: "A TLS handshake with the message bus failed while the VM booted: one side does not believe the other's certificate.",
      remedy: 'Agents and bus must know the same authority, and their clocks must agree.',
    });
  }
  if (isOnBus === false) {
    findings.push({
      cause: 'agent-not-on-bus',
      text: 'The agent never came to the message bus: nobody listens there under its name.',
      remedy:
        'Check that the VM reaches the bus at the address in its settings, that its clock is right, and what its agent logs (/var/vcap/bosh/log/current).',
    });
  }
  return findings;
}
