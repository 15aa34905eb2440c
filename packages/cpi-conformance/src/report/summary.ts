import type { RuleOutcome, Status } from '../run/outcome.ts';

export type Counts = Readonly<Record<Status, number>>;

export function countOutcomes(outcomes: readonly RuleOutcome[]): Counts {
  const counts = { passed: 0, failed: 0, warning: 0, not_applicable: 0, blocked: 0, not_run: 0 };
  for (const { status } of outcomes) counts[status] += 1;
  return counts;
}

/** True when the CPI may be called conformant: no MUST is broken, and none is unknown. With `strict` no SHOULD either. */
export function isConformant(outcomes: readonly RuleOutcome[], strict: boolean): boolean {
  return !outcomes.some(
    ({ status, rule }) =>
      status === 'failed' ||
      (strict && status === 'warning') ||
      (['blocked', 'not_run'].includes(status) && (strict || rule.severity === 'MUST')),
  );
}

export function summaryLine(counts: Counts): string {
  const words: readonly (readonly [number, string])[] = [
    [counts.passed, 'passed'],
    [counts.failed, 'failed'],
    [counts.warning, counts.warning === 1 ? 'warning' : 'warnings'],
    [counts.blocked, 'blocked'],
    [counts.not_applicable, 'not applicable'],
    [counts.not_run, 'not run'],
  ];
  return words
    .filter(([count, word]) => count > 0 || ['passed', 'failed'].includes(word))
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}
