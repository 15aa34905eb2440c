import type { Trial } from '../run/trial.ts';
import { type Exchange, summaryOf } from '../target/exchange.ts';

/** Looks through all calls of the run for responses whose form breaks this rule. */
export function shapeAudit(rule: string): (t: Trial) => Promise<void> {
  return async (t) => {
    const bad = t.run.trace.flatMap((exchange) =>
      exchange.problems.filter((problem) => problem.rule === rule).map(({ problem }) => ({ exchange, problem })),
    );
    const [first] = bad;
    if (first === undefined) return;
    const others = bad.length === 1 ? '' : ` (and in ${bad.length - 1} more calls: ${namesOf(bad)})`;
    t.expect(false, 'a response as the contract says', `${first.problem}${others}`, first.exchange);
  };
}

/** Looks through all calls of the run for one that `isBad`, and says so. */
export function auditCalls(t: Trial, expected: string, problemOf: (exchange: Exchange) => string | undefined): void {
  for (const exchange of t.run.trace) {
    const problem = problemOf(exchange);
    if (problem !== undefined) t.expect(false, expected, `${problem} in: ${summaryOf(exchange)}`, exchange);
  }
}

function namesOf(bad: readonly { readonly exchange: Exchange }[]): string {
  return [...new Set(bad.slice(1).map(({ exchange }) => exchange.method || 'raw bytes'))].slice(0, 6).join(', ');
}
