import type { Rule } from '../rule.ts';
import type { RuleOutcome, Status } from '../run/outcome.ts';
import { summaryOf } from '../target/exchange.ts';
import { showExchange } from './shown-exchange.ts';

const marks: Readonly<Record<Status, string>> = {
  passed: 'ok     ',
  failed: 'FAILED ',
  warning: 'warning',
  not_applicable: 'n/a    ',
  blocked: 'BLOCKED',
  not_run: 'not run',
};
const width = 110;
const maxSteps = 12;

/** `FAILED  M7.2 MUST  detach_disk …` */
export function outcomeLine({ rule, status }: RuleOutcome): string {
  return `${marks[status]} ${rule.id.padEnd(6)} ${rule.severity.padEnd(6)} ${rule.title}`;
}

/** Everything about a rule that was not kept: what was expected, sent and received, why it matters and how to mend it. */
export function findingText(outcome: RuleOutcome, hide: (text: string) => string): string {
  const { rule, finding, status, reason } = outcome;
  const rows: [string, string][] = [];
  if (status === 'blocked') rows.push(['blocked', reason ?? '']);
  else if (finding !== undefined) rows.push(['expected', finding.expected], ['got', hide(finding.got)]);
  if (finding?.exchange !== undefined) rows.push(...exchangeRows(outcome, hide));
  if (status !== 'blocked') rows.push(['why', rule.why], ['mend', rule.remedy]);
  rows.push(['source', rule.source]);
  return [outcomeLine(outcome), ...rows.map(row)].join('\n');
}

function exchangeRows({ finding }: RuleOutcome, hide: (text: string) => string): [string, string][] {
  if (finding?.exchange === undefined) return [];
  const { sent, received, stderr, ending, exit_code, transport, duration_ms } = showExchange(finding.exchange, hide);
  const index = finding.steps.lastIndexOf(finding.exchange);
  const before = finding.steps.slice(0, Math.max(0, index)).slice(-maxSteps);
  const how = transport === 'serve' ? 'serve' : `a process of its own, exit code ${exit_code ?? 'none'}`;
  return [
    ...before.map((step, n): [string, string] => [n === 0 ? 'before' : '', hide(summaryOf(step))]),
    ['sent', sent],
    ['came', received === '' ? `nothing (${ending})` : received],
    ...(stderr === '' ? [] : [['stderr', stderr] as [string, string]]),
    ['', `(${how}, ${duration_ms} ms)`],
  ];
}

/** Text of `--explain`. */
export function explainRule(rule: Rule, file: string): string {
  const extension = rule.mustWith === undefined ? '' : ` (MUST for CPIs with the extension '${rule.mustWith}')`;
  const needs = [...(rule.needs?.methods ?? []), ...(rule.needs?.extensions ?? []), ...(rule.needs?.config ?? [])];
  const rows: [string, string][] = [
    ['level', `${rule.severity}${extension}, checked from --level ${rule.level} on`],
    ['versions', rule.versions.map((version) => `v${version}`).join(', ')],
    ...(needs.length === 0
      ? []
      : [['only if', `the CPI or the configuration has ${needs.join(', ')}`] as [string, string]]),
    ['why', rule.why],
    ['mend', rule.remedy],
    ['source', rule.source],
    ['check', file],
  ];
  return [`${rule.id}  ${rule.title}`, ...rows.map(row)].join('\n');
}

function row([name, text]: [string, string]): string {
  const lines = text.split('\n').flatMap((line) => wrap(line, width - 15));
  return lines.map((line, index) => `    ${(index === 0 ? name : '').padEnd(9)} ${line}`).join('\n');
}

function wrap(text: string, limit: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > limit) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
