import { openTempDir } from '@boti/core';
import { type Level, levels, type Rule } from '../rule.ts';
import { allRules } from '../rules/index.ts';
import { runCommandQuietly } from '../target/run-quietly.ts';
import { cleanUp } from './clean-up.ts';
import { sharedOwner } from './fixtures.ts';
import { type OpenRun, openRun, type RunOptions } from './open-run.ts';
import { checkRule, type RuleOutcome } from './outcome.ts';
import { selectRules } from './select-rules.ts';
import { Trial } from './trial.ts';

export interface ConformanceOptions extends RunOptions {
  readonly level: Level;
  /** Ids of rules, or beginnings of ids; all when empty. */
  readonly only?: readonly string[];
  /** How many checks run at once. */
  readonly jobs?: number;
  /** End the run at the first rule that is broken. */
  readonly untilFirst?: boolean;
  /** Ends the run; what it has made is still removed. */
  readonly signal?: AbortSignal;
  /** Called as each rule is done. */
  readonly onOutcome?: (outcome: RuleOutcome, progress: { readonly done: number; readonly total: number }) => void;
}

export interface ConformanceResult {
  readonly executable: string;
  readonly level: Level;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Answer of `info`. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly outcomes: readonly RuleOutcome[];
  readonly calls: number;
  readonly wasInterrupted: boolean;
  /** Hides secrets in what a report shows. */
  readonly hide: (text: string) => string;
}

/** Time for removing things after the run was interrupted. */
const cleanUpMs = 120_000;
const defaultJobs = 4;

/** Checks a CPI executable against the rules of docs/contracts/cpi.md. Removes all that it has made, also when it is aborted. */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceResult> {
  const rules = selectRules(allRules, options.level, options.only ?? []);
  const startedAt = new Date();
  await using work = await openTempDir('boti-cpi-');
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  await using run = await openRun(options, work.path, signal);
  try {
    const outcomes = await runRules(run, rules, { ...options, stop });
    return {
      executable: options.executable,
      level: options.level,
      startedAt,
      durationMs: Date.now() - startedAt.getTime(),
      info: run.facts.info,
      outcomes,
      calls: run.trace.length,
      wasInterrupted: options.signal?.aborted ?? false,
      hide: (text) => run.secrets.hide(text),
    };
  } finally {
    await takeDown(run);
  }
}

type Control = ConformanceOptions & { readonly stop: AbortController };

async function runRules(run: OpenRun, rules: readonly Rule[], control: Control): Promise<readonly RuleOutcome[]> {
  const outcomes = new Map<Rule, RuleOutcome>();
  const done = (outcome: RuleOutcome): void => {
    outcomes.set(outcome.rule, outcome);
    control.onOutcome?.(outcome, { done: outcomes.size, total: rules.length });
    if (control.untilFirst === true && ['failed', 'warning'].includes(outcome.status)) control.stop.abort();
  };
  const again: Rule[] = [];
  const check = async (rule: Rule, attempt: number): Promise<void> => {
    const { outcome, wasLost } = await checkOnce(run, rule, attempt);
    // Who was in the shared process when another check ended it is no culprit.
    if (wasLost && attempt === 1) again.push(rule);
    else done(outcome);
  };

  // Slow ones first, so that none of them is waited for at the end.
  const together = rules.filter(({ when }) => when === undefined).toSorted((a, b) => slowness(b) - slowness(a));
  await inParallel(together, control.jobs ?? defaultJobs, (rule) => check(rule, 1));
  for (const rule of again.splice(0)) await check(rule, 2);
  for (const rule of rules) if (rule.when === 'alone') await check(rule, 1);
  for (const rule of again.splice(0)) await check(rule, 2);
  await removeShared(run);
  for (const rule of rules) if (rule.when === 'last') await check(rule, 2);
  return rules.map((rule) => outcomes.get(rule) as RuleOutcome);
}

function slowness({ level }: Rule): number {
  return levels.indexOf(level);
}

async function checkOnce(run: OpenRun, rule: Rule, attempt: number) {
  const trial = new Trial(rule, run, `${rule.id}#${attempt}`);
  const outcome = await checkRule(trial);
  const wasLost = trial.exchanges.some(({ ending }) => ending === 'lost') && outcome.status !== 'not_run';
  await using cleaning = cleaningTrial(run, rule);
  await cleanUp(cleaning.trial, trial.owner);
  return { outcome, wasLost };
}

/** A trial for deleting things, which goes on for a while after the run was interrupted. */
function cleaningTrial(run: OpenRun, rule: Rule): AsyncDisposable & { readonly trial: Trial } {
  const limit = new AbortController();
  const begin = (): NodeJS.Timeout => setTimeout(() => limit.abort(new Error('cleaning up took too long')), cleanUpMs);
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = begin();
  };
  if (run.signal.aborted) onAbort();
  else run.signal.addEventListener('abort', onAbort, { once: true });
  return {
    trial: new Trial(rule, { ...run, signal: limit.signal }, sharedOwner),
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', onAbort);
    },
  };
}

async function removeShared(run: OpenRun): Promise<void> {
  await using cleaning = cleaningTrial(run, allRules[0] as Rule);
  for (const owner of new Set([...run.ledger.present().map((thing) => thing.owner), sharedOwner])) {
    await cleanUp(cleaning.trial, owner);
  }
}

async function takeDown(run: OpenRun): Promise<void> {
  await removeShared(run);
  for (const args of run.config.executable.clean_up) await runCommandQuietly(run.caller.launch, args);
}

async function inParallel<T>(items: readonly T[], jobs: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
}
