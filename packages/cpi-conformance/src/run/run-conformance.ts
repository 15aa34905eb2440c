import { messageOf, openTempDir, type TempDir } from '@boti/core';
import type { Level, Rule } from '../rule.ts';
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
  /** Set when the folder of the run could not be removed, since the CPI keeps something in it. */
  readonly folderLeft: string | undefined;
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
  const work = await openTempDir('boti-cpi-');
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  let result: Omit<ConformanceResult, 'folderLeft'>;
  try {
    await using run = await openRun(options, work.path, signal);
    await using _cleanUp = { [Symbol.asyncDispose]: () => takeDown(run) };
    const outcomes = await runRules(run, rules, { ...options, stop });
    result = {
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
  } catch (error) {
    await removeFolder(work);
    throw error;
  }
  return { ...result, folderLeft: await removeFolder(work) };
}

/** Why the folder could not be removed: a CPI may have left a mount in it. */
async function removeFolder(work: TempDir): Promise<string | undefined> {
  try {
    await work[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    return `${work.path} could not be removed: ${messageOf(error)}`;
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
    if (run.signal.aborted) return done(notRun(rule));
    const { outcome, wasLost } = await checkOnce(run, rule, attempt);
    // Who was in the shared process when another check ended it is no culprit.
    if (wasLost && attempt === 1) again.push(rule);
    else done(outcome);
  };
  /** One after the other; when the end is near since something was seen already, no more. */
  const inTurn = async (list: readonly Rule[], attempt: number): Promise<void> => {
    for (const rule of list) if (!isEnough(run, control)) await check(rule, attempt);
  };

  for (const stage of stagesOf(rules)) {
    const together = stage.filter(({ when }) => when === undefined);
    await inParallel(together, control.jobs ?? defaultJobs, (rule) => inTurn([rule], 1));
    await inTurn(again.splice(0), 2);
    await inTurn(
      stage.filter(({ when }) => when === 'alone'),
      1,
    );
    await inTurn(again.splice(0), 2);
  }
  await removeShared(run);
  for (const rule of rules) if (rule.when === 'last') await check(rule, 2);
  return rules.map((rule) => outcomes.get(rule) ?? notRun(rule));
}

/** How one process answers many requests comes first, since the other checks make their calls through such a process. */
function stagesOf(rules: readonly Rule[]): readonly (readonly Rule[])[] {
  const isFirst = ({ id }: Rule): boolean => /^S[123]\b/.test(id);
  const others = rules.filter((rule) => !isFirst(rule));
  return [rules.filter(isFirst), others.toSorted((a, b) => costOf(a) - costOf(b))];
}

/** Rules that start many processes come after those that do not. */
function costOf({ id }: Rule): number {
  if (/^(P7|M11)\b/.test(id) || id === 'P4.1') return 3;
  return /^(P[1569]|S\d|V1)\b/.test(id) ? 2 : 1;
}

/** With `untilFirst`: a call has shown something that a rule at the end of the run will say. */
function isEnough({ trace, secrets }: OpenRun, { untilFirst, stop }: Control): boolean {
  if (untilFirst !== true) return false;
  if (stop.signal.aborted) return true;
  return trace.some(
    ({ problems, answer, stderr }) =>
      problems.length > 0 || secrets.foundIn(`${stderr}${JSON.stringify([answer?.log, answer?.error])}`).length > 0,
  );
}

function notRun(rule: Rule): RuleOutcome {
  return { rule, status: 'not_run', reason: 'the run ended before', durationMs: 0, calls: 0 };
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
