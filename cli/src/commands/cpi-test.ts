import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { ExpectedError, errnoOf, isThere } from '@boti/core';
import {
  allRules,
  type ConformanceOptions,
  type ConformanceResult,
  configTemplate,
  countOutcomes,
  explainRule,
  fileOfRule,
  findingText,
  findRule,
  htmlReport,
  isConformant,
  jsonReport,
  junitReport,
  type Level,
  levels,
  outcomeLine,
  type RuleOutcome,
  runConformance,
  selectRules,
  summaryLine,
} from '@boti/cpi-conformance';
import { optionalArgument } from '../arguments/argument-spec.ts';
import { flag, integer, list, text, textOr } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';
import type { Ui } from '../ui/ui.ts';
import { UsageError } from '../usage-error.ts';

const defaultConfig = 'conformance.yml';

export const cpiTest = localCommand({
  name: 'cpi test',
  summary: 'Check a CPI executable, in whatever language, against the rules of the CPI contract',
  args: { executable: optionalArgument('EXECUTABLE') },
  options: {
    config: textOr(defaultConfig, 'What the kit must know of the cloud; see --init', { placeholder: 'FILE' }),
    level: text('offline (default): touches no cloud. live: makes things on it. chaos: also kills, races, slow input', {
      placeholder: 'LEVEL',
    }),
    only: list('Check this rule, or all whose ids begin so (M4, S); may be given several times', {
      placeholder: 'RULE',
    }),
    list: flag('List the rules of the level'),
    explain: text('Explain a rule: why it is there, how to mend a CPI', { placeholder: 'RULE' }),
    init: flag('Write a configuration with every key and what it means'),
    stemcell: text('Stemcell tarball or image for create_stemcell', { placeholder: 'FILE' }),
    jobs: integer('How many checks run at once (default: by processors, at most 8)'),
    oneProcess: flag("Make each call in a process of its own, even if the CPI has mode 'serve'"),
    strict: flag('Fail for broken SHOULD rules too'),
    failFast: flag('End at the first rule that is broken'),
    reportJson: text('Write the report as JSON', { placeholder: 'FILE' }),
    junit: text('Write the report as JUnit XML', { placeholder: 'FILE' }),
    html: text('Write the report as one HTML page', { placeholder: 'FILE' }),
  },

  async run({ ui, env, signal }, input) {
    const level = levelOf(input.level ?? (input.list ? 'chaos' : 'offline'));
    if (input.explain !== undefined) return ui.block(explanation(input.explain));
    if (input.list) return listRules(ui, level, input.only);
    if (input.init) return await writeConfig(ui, input.config);
    const { executable } = input;
    if (executable === undefined) {
      throw new UsageError('The required argument `EXECUTABLE` was not provided', {
        hint: "See 'boti cpi test --help'.",
      });
    }
    const result = await runConformance({
      executable,
      configPath: await configPath(input.config),
      stemcellPath: input.stemcell,
      level,
      only: input.only,
      jobs: input.jobs ?? Math.min(8, cpus().length * 2),
      transport: input.oneProcess ? 'process' : 'auto',
      untilFirst: input.failFast,
      env,
      signal,
      ...progressOn(ui),
    });
    await writeReports(result, input);
    conclude(ui, result, input.strict);
  },
});

function levelOf(given: string): Level {
  const level = levels.find((name) => name === given);
  if (level !== undefined) return level;
  throw new UsageError(`There is no level '${given}'`, { hint: `Levels are ${levels.join(', ')}.` });
}

function explanation(id: string): string {
  const rule = findRule(allRules, id);
  return `${explainRule(rule, fileOfRule(rule))}\n`;
}

function listRules(ui: Ui, level: Level, only: readonly string[]): void {
  ui.table({
    content: 'rules',
    header: ['Rule', 'Severity', 'Title', 'Versions', 'Level'],
    rows: selectRules(allRules, level, only).map((rule) => [
      rule.id,
      rule.severity,
      rule.title,
      rule.versions.map((version) => `v${version}`).join(' '),
      rule.level,
    ]),
  });
}

async function writeConfig(ui: Ui, path: string): Promise<void> {
  try {
    await writeFile(path, configTemplate, { flag: 'wx' });
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw cause;
    throw new ExpectedError(`${path} is there already`, { hint: 'Name another file with --config.', cause });
  }
  ui.report(`Wrote ${path}. Fill it in, then run: boti cpi test EXECUTABLE --config ${path} --level live`);
}

/** A file that was named must be there; the one by default need not. */
async function configPath(given: string): Promise<string | undefined> {
  return given === defaultConfig && !(await isThere(given)) ? undefined : given;
}

/** Rules that are not kept are told at once; all others only move the bar. */
function progressOn(ui: Ui): Pick<ConformanceOptions, 'onOutcome'> {
  const quiet: readonly RuleOutcome['status'][] = ['passed', 'not_applicable', 'not_run'];
  return {
    onOutcome(outcome, { done, total }) {
      if (!quiet.includes(outcome.status)) ui.report(outcomeLine(outcome));
      ui.progress(done, total);
    },
  };
}

interface ReportPaths {
  readonly reportJson: string | undefined;
  readonly junit: string | undefined;
  readonly html: string | undefined;
  readonly strict: boolean;
}

async function writeReports(
  result: ConformanceResult,
  { reportJson, junit, html, strict }: ReportPaths,
): Promise<void> {
  if (reportJson !== undefined) await writeFile(reportJson, `${JSON.stringify(jsonReport(result), undefined, 2)}\n`);
  if (junit !== undefined) await writeFile(junit, junitReport(result, strict));
  if (html !== undefined) await writeFile(html, htmlReport(result));
}

function conclude(ui: Ui, result: ConformanceResult, strict: boolean): void {
  const { outcomes, hide, durationMs, calls } = result;
  for (const outcome of outcomes) {
    if (['failed', 'warning', 'blocked'].includes(outcome.status)) ui.block(`\n${findingText(outcome, hide)}\n`);
  }
  showNotApplicable(ui, outcomes);
  const seconds = (durationMs / 1000).toFixed(1);
  ui.report(`${outcomes.length} rules: ${summaryLine(countOutcomes(outcomes))} (${calls} calls, ${seconds} s)`);
  if (result.folderLeft !== undefined) ui.remark(`${result.folderLeft}. The CPI has left something in it: unmount it.`);
  if (result.wasInterrupted) throw new ExpectedError('The run was interrupted; what it had made was removed');
  if (!isConformant(outcomes, strict)) {
    throw new ExpectedError(`${result.executable} does not keep the CPI contract`, {
      hint: 'boti cpi test --explain RULE tells more about a rule; --only RULE checks it alone.',
    });
  }
}

/** One line for each reason. */
function showNotApplicable(ui: Ui, outcomes: readonly RuleOutcome[]): void {
  const skipped = outcomes.filter(({ status }) => status === 'not_applicable');
  const byReason = Object.groupBy(skipped, ({ reason = '' }) => reason);
  for (const [reason, group = []] of Object.entries(byReason)) {
    ui.report(`not applicable, since ${reason}: ${group.map(({ rule }) => rule.id).join(', ')}`);
  }
}
