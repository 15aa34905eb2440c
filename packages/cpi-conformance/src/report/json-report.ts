import type { RuleOutcome } from '../run/outcome.ts';
import type { ConformanceResult } from '../run/run-conformance.ts';
import { type ShownExchange, showExchange } from './shown-exchange.ts';
import { countOutcomes, isConformant } from './summary.ts';

/** Name of the report's form; another one if a key changes its meaning or goes. */
const schema = 'boti-cpi-conformance/1';
const maxSteps = 50;

interface ReportedFinding {
  readonly expected: string;
  readonly got: string;
  /** The call that shows it; null when it is no single call. */
  readonly exchange: ShownExchange | null;
  /** All calls of the check, in order. */
  readonly steps: readonly ShownExchange[];
}

interface ReportedRule {
  readonly id: string;
  readonly title: string;
  readonly severity: 'MUST' | 'SHOULD';
  readonly level: string;
  readonly versions: readonly number[];
  readonly source: string;
  readonly why: string;
  readonly remedy: string;
  readonly status: RuleOutcome['status'];
  /** Why it is not applicable, blocked or not run; else null. */
  readonly reason: string | null;
  readonly duration_ms: number;
  readonly calls: number;
  readonly finding: ReportedFinding | null;
}

/** The report of a run as data. Documented in docs/guides/test-a-cpi.md. */
export interface JsonReport {
  readonly schema: typeof schema;
  readonly executable: string;
  readonly level: string;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly calls: number;
  /** Answer of the CPI's `info`. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly conformant: boolean;
  readonly interrupted: boolean;
  readonly summary: Readonly<Record<RuleOutcome['status'], number>>;
  readonly rules: readonly ReportedRule[];
}

export function jsonReport(result: ConformanceResult): JsonReport {
  return {
    schema,
    executable: result.executable,
    level: result.level,
    started_at: result.startedAt.toISOString(),
    duration_ms: Math.round(result.durationMs),
    calls: result.calls,
    info: result.info,
    conformant: isConformant(result.outcomes, false),
    interrupted: result.wasInterrupted,
    summary: countOutcomes(result.outcomes),
    rules: result.outcomes.map((outcome) => reportedRule(outcome, result.hide)),
  };
}

function reportedRule(outcome: RuleOutcome, hide: (text: string) => string): ReportedRule {
  const { rule, status, reason, durationMs, calls, finding } = outcome;
  const { id, title, severity, level, versions, source, why, remedy } = rule;
  return {
    ...{ id, title, severity, level, versions, source, why, remedy, status, calls },
    reason: reason === undefined ? null : hide(reason),
    duration_ms: Math.round(durationMs),
    finding:
      finding === undefined
        ? null
        : {
            expected: finding.expected,
            got: hide(finding.got),
            exchange: finding.exchange === undefined ? null : showExchange(finding.exchange, hide),
            steps: finding.steps.slice(-maxSteps).map((step) => showExchange(step, hide)),
          },
  };
}
