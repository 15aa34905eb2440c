import type { RuleOutcome } from '../run/outcome.ts';
import type { ConformanceResult } from '../run/run-conformance.ts';
import { escapeMarkup } from './escape-markup.ts';
import { familyOf } from './families.ts';
import { countOutcomes } from './summary.ts';
import { findingText } from './text-report.ts';

/** JUnit XML, as CI servers read it: a suite for each family of rules. Warnings are failures only with `strict`. */
export function junitReport(result: ConformanceResult, strict: boolean): string {
  const suites = Object.entries(Object.groupBy(result.outcomes, ({ rule }) => familyOf(rule).name));
  const { passed: _passed, ...counts } = countOutcomes(result.outcomes);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeMarkup(`CPI conformance of ${result.executable}`)}" tests="${result.outcomes.length}" failures="${counts.failed + (strict ? counts.warning : 0)}" errors="${counts.blocked}" skipped="${counts.not_applicable + counts.not_run}" time="${seconds(result.durationMs)}">`,
    ...suites.map(([name, outcomes = []]) => suite(name, outcomes, { result, strict })),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Context {
  readonly result: ConformanceResult;
  readonly strict: boolean;
}

function suite(name: string, outcomes: readonly RuleOutcome[], context: Context): string {
  const counts = countOutcomes(outcomes);
  const time = outcomes.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const failures = counts.failed + (context.strict ? counts.warning : 0);
  return [
    `  <testsuite name="${escapeMarkup(name)}" tests="${outcomes.length}" failures="${failures}" errors="${counts.blocked}" skipped="${counts.not_applicable + counts.not_run}" time="${seconds(time)}">`,
    ...outcomes.map((outcome) => testCase(name, outcome, context)),
    '  </testsuite>',
  ].join('\n');
}

function testCase(suiteName: string, outcome: RuleOutcome, context: Context): string {
  const { rule, durationMs } = outcome;
  const head = `    <testcase classname="${escapeMarkup(suiteName)}" name="${escapeMarkup(`${rule.id} ${rule.title}`)}" time="${seconds(durationMs)}"`;
  const body = verdict(outcome, context);
  return body === '' ? `${head}/>` : `${head}>${body}</testcase>`;
}

function verdict(outcome: RuleOutcome, { result, strict }: Context): string {
  const { status, reason = '', finding } = outcome;
  const text = (): string => escapeMarkup(findingText(outcome, result.hide));
  const message = escapeMarkup(
    result.hide(finding === undefined ? reason : `expected ${finding.expected}; got ${finding.got}`),
  );
  if (status === 'failed' || (status === 'warning' && strict))
    return `<failure message="${message}">${text()}</failure>`;
  if (status === 'warning') return `<system-out>${text()}</system-out>`;
  if (status === 'blocked') return `<error message="${message}">${text()}</error>`;
  return status === 'passed' ? '' : `<skipped message="${message}"/>`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
