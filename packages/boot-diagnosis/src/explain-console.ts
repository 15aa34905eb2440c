import type { Finding } from './causes.ts';
import { consolePatterns } from './console-patterns.ts';
import type { BootEvidence } from './evidence.ts';

const loopLimit = 3;
const maxQuote = 300;

/** What the VM has printed on its console, its agent's log included where the cloud adds it. */
export function explainConsole({ console: text = '' }: BootEvidence): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { cause, pattern, says, remedy } of consolePatterns) {
    const line = lastLine(text, pattern);
    if (line === undefined) continue;
    findings.push({ cause, text: `The VM's console says that ${says}: ${quote(line)}`, remedy });
  }
  const loop = crashLoop(text);
  return loop === undefined ? findings : [...findings, loop];
}

function lastLine(text: string, pattern: RegExp): string | undefined {
  return text.split('\n').findLast((line) => pattern.test(line));
}

/** An agent that ends and is started again says the same time after time. */
function crashLoop(text: string): Finding | undefined {
  const ends = text.split('\n').filter((line) => endOfAgent.test(line));
  const same = new Map<string, number>();
  for (const line of ends) same.set(withoutTimes(line), (same.get(withoutTimes(line)) ?? 0) + 1);
  const repeated = ends.findLast((line) => (same.get(withoutTimes(line)) ?? 0) >= loopLimit);
  if (repeated === undefined) return undefined;
  return {
    cause: 'agent-crash-loop',
    text: `The agent ends and is started again, over and over (${same.get(withoutTimes(repeated))} times): ${quote(repeated)}`,
    remedy: 'The line tells why. Its whole log is /var/vcap/bosh/log/current on the VM.',
  };
}

const endOfAgent =
  /"level":"error"|App (?:setup|run) |Agent exited with error|^\S*\s*panic: |Uncaught|FATAL ERROR|Segmentation fault/;

function withoutTimes(line: string): string {
  return line
    .replaceAll(/\d{4}-\d\d-\d\d[T_ ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, '')
    .replaceAll(/\b0x[0-9a-f]+\b|\[\d+\]/g, '')
    .trim();
}

function quote(line: string): string {
  const trimmed = line.trim();
  return trimmed.length <= maxQuote ? trimmed : `${trimmed.slice(0, maxQuote)}…`;
}
