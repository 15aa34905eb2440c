import type { Finding } from './causes.ts';
import type { BootEvidence } from './evidence.ts';
import { explainBoot } from './explain.ts';

const consoleTailLines = 15;

/** Evidence put into words. */
export interface BootDiagnosis {
  readonly findings: readonly Finding[];
  /** For people: the most likely cause with its remedy, further ones, what else was seen. */
  readonly text: string;
  /** How to mend the most likely cause. */
  readonly remedy: string | undefined;
}

export function diagnoseBoot(evidence: BootEvidence): BootDiagnosis {
  const findings = explainBoot(evidence);
  const [first, ...others] = findings;
  const lines = [
    ...(first === undefined
      ? ['Nothing that was found explains it.']
      : [`Most likely cause: ${first.text}`, `To do: ${first.remedy}`]),
    ...others.map(({ text }) => `Also: ${text}`),
    ...factsOf(evidence, first),
  ];
  return { findings, text: lines.join('\n'), remedy: first?.remedy };
}

function factsOf(
  { vmExists, vmCid, instance, bus, console }: BootEvidence,
  first: Finding | undefined,
): readonly string[] {
  const facts: string[] = [];
  const owner = instance === undefined ? '' : ` of ${instance}`;
  if (vmExists === true) facts.push(`The CPI says that VM '${vmCid}'${owner} exists.`);
  if (bus !== undefined) facts.push(`TCP to ${bus.host}:${bus.port} is ${bus.tcp}.`);
  if (bus?.http !== undefined) facts.push(`The agent answers HTTP ${bus.http.status}.`);
  if (console === undefined) facts.push('The console of the VM could not be read: the CPI does not offer it.');
  else if (first === undefined || first.cause === 'agent-not-on-bus' || first.cause === 'port-closed')
    facts.push(tailOf(console));
  return facts;
}

function tailOf(console: string): string {
  const tail = console.trimEnd().split('\n').slice(-consoleTailLines).join('\n  ');
  return tail.trim() === '' ? 'Its console has printed nothing.' : `The end of its console log:\n  ${tail}`;
}
