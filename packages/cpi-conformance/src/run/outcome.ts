import type { Rule } from '../rule.ts';
import type { Exchange } from '../target/exchange.ts';
import type { Trial } from './trial.ts';
import { Blocked, NotApplicable, RuleBroken } from './verdicts.ts';

/**
 * passed: the CPI keeps the rule. failed: it breaks a MUST. warning: it breaks a SHOULD. not_applicable: the rule says
 * nothing about this CPI, see `reason`. blocked: it could not be checked, see `reason`. not_run: the run ended before.
 */
export type Status = 'passed' | 'failed' | 'warning' | 'not_applicable' | 'blocked' | 'not_run';

/** What shows that a rule is broken. */
export interface Finding {
  readonly expected: string;
  readonly got: string;
  /** The call that shows it. */
  readonly exchange: Exchange | undefined;
  /** All calls of the check in order. */
  readonly steps: readonly Exchange[];
}

export interface RuleOutcome {
  readonly rule: Rule;
  readonly status: Status;
  readonly reason?: string;
  readonly finding?: Finding;
  readonly durationMs: number;
  readonly calls: number;
}

/** Runs a check and says what came of it. A bug of the kit is thrown. */
export async function checkRule(trial: Trial): Promise<RuleOutcome> {
  const { rule, exchanges } = trial;
  const started = performance.now();
  const outcome = (rest: Pick<RuleOutcome, 'status' | 'reason' | 'finding'>): RuleOutcome => ({
    rule,
    durationMs: performance.now() - started,
    calls: exchanges.length,
    ...rest,
  });
  try {
    const why = whyNotApplicable(trial);
    if (why !== undefined) return outcome({ status: 'not_applicable', reason: why });
    await rule.check(trial);
    return outcome({ status: 'passed' });
  } catch (error) {
    if (trial.signal.aborted) return outcome({ status: 'not_run', reason: 'the run was interrupted' });
    if (error instanceof NotApplicable) return outcome({ status: 'not_applicable', reason: error.message });
    if (error instanceof Blocked) {
      return outcome({ status: 'blocked', reason: error.message, finding: blockedFinding(error, exchanges) });
    }
    if (!(error instanceof RuleBroken)) throw new Error(`The check of rule ${rule.id} is broken`, { cause: error });
    const { expected, got, exchange } = error;
    return outcome({ status: severity(trial), finding: { expected, got, exchange, steps: [...exchanges] } });
  }
}

function blockedFinding({ message, exchange }: Blocked, steps: readonly Exchange[]): Finding {
  return { expected: 'what the check needs to be made', got: message, exchange, steps: [...steps] };
}

function severity({ rule, facts }: Trial): 'failed' | 'warning' {
  const isMust = rule.severity === 'MUST' || (rule.mustWith !== undefined && facts.extensions.has(rule.mustWith));
  return isMust ? 'failed' : 'warning';
}

function whyNotApplicable({ rule, facts, config }: Trial): string | undefined {
  const { methods = [], extensions = [], config: parts = [] } = rule.needs ?? {};
  if (!rule.versions.some((version) => facts.versions.includes(version))) {
    return `the CPI does not speak version ${rule.versions.join(' or ')}`;
  }
  const extension = extensions.find((name) => !facts.extensions.has(name));
  if (extension !== undefined) return `the CPI does not list the extension '${extension}'`;
  const method = methods.find((name) => !facts.methods.has(name));
  if (method !== undefined) return `the CPI does not implement '${method}'`;
  const given = {
    dynamic: config.networks.dynamic,
    vip: config.networks.vip,
    managed: config.managed_network,
    other_cloud: config.other_cloud,
  };
  const part = parts.find((name) => given[name] === undefined);
  return part === undefined ? undefined : `the configuration says nothing about ${partNames[part]}`;
}

const partNames = {
  dynamic: 'networks.dynamic',
  vip: 'networks.vip',
  managed: 'managed_network',
  other_cloud: 'other_cloud',
};
