import type { RuleOutcome, Status } from '../run/outcome.ts';
import type { ConformanceResult } from '../run/run-conformance.ts';
import { summaryOf } from '../target/exchange.ts';
import { escapeMarkup as text } from './escape-markup.ts';
import { allFamilies, familyOf } from './families.ts';
import { htmlStyle } from './html-style.ts';
import { showExchange } from './shown-exchange.ts';
import { countOutcomes, isConformant } from './summary.ts';

type Hide = ConformanceResult['hide'];

const labels: Readonly<Record<Status, string>> = {
  passed: 'passed',
  failed: 'failed',
  warning: 'warning',
  blocked: 'blocked',
  not_applicable: 'not applicable',
  not_run: 'not run',
};
const open: readonly Status[] = ['failed', 'warning', 'blocked'];

/** One page without any other file: what is broken first, then every rule by family. */
export function htmlReport(result: ConformanceResult): string {
  const broken = result.outcomes.filter(({ status }) => open.includes(status));
  const name = text(result.executable);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CPI conformance of ${name}</title>
<style>${htmlStyle}</style>
</head>
<body>
<header>
<p class="verdict ${isConformant(result.outcomes, false) ? 'passed' : 'failed'}">${verdictOf(result)}</p>
<h1>CPI conformance</h1>
<p><code>${name}</code>, level ${result.level}, ${text(result.startedAt.toISOString())}, ${(result.durationMs / 1000).toFixed(1)} s, ${result.calls} calls</p>
<p>${text(infoLine(result.info))}</p>
${bar(result.outcomes)}
</header>
<main>
${broken.length === 0 ? '' : `<section><h2>To mend</h2>${broken.map((one) => finding(one, result.hide)).join('\n')}</section>`}
${allFamilies()
  .map(({ name: family }) =>
    familyTable(
      family,
      result.outcomes.filter(({ rule }) => familyOf(rule).name === family),
    ),
  )
  .join('\n')}
</main>
</body>
</html>
`;
}

function verdictOf({ outcomes, wasInterrupted }: ConformanceResult): string {
  if (wasInterrupted) return 'interrupted';
  return isConformant(outcomes, false) ? 'conformant' : 'not conformant';
}

function infoLine(info: Readonly<Record<string, unknown>>): string {
  const { api_version: version, stemcell_formats: formats, boti } = info;
  const { extensions } = (boti ?? {}) as { readonly extensions?: readonly string[] };
  const list = (value: unknown): string => (Array.isArray(value) && value.length > 0 ? value.join(', ') : 'none');
  return `contract version ${String(version ?? 'unknown')}; stemcell formats: ${list(formats)}; boti extensions: ${list(extensions)}`;
}

function bar(outcomes: readonly RuleOutcome[]): string {
  const counts = Object.entries(countOutcomes(outcomes)).filter(([, count]) => count > 0) as [Status, number][];
  const parts = counts.map(([status, count]) => `<span class="${status}" style="flex-grow:${count}"></span>`);
  const words = counts.map(([status, count]) => `<li><i class="${status}"></i>${count} ${labels[status]}</li>`);
  return `<div class="bar" role="img" aria-label="shares of the results">${parts.join('')}</div><ul class="counts">${words.join('')}</ul>`;
}

function finding(outcome: RuleOutcome, hide: Hide): string {
  const { rule, status, reason, finding: found } = outcome;
  const rows: (readonly [string, string])[] =
    status === 'blocked'
      ? [['Blocked', text(hide(reason ?? ''))]]
      : [
          ['Expected', text(found?.expected ?? '')],
          ['Got', text(hide(found?.got ?? ''))],
          ['Why it matters', text(rule.why)],
          ['How to mend', text(rule.remedy)],
        ];
  rows.push(['Source', text(rule.source)]);
  return `<article class="${status}" id="${rule.id}">
<h3><span class="tag">${labels[status]}</span> ${rule.id} <small>${rule.severity}</small> ${text(rule.title)}</h3>
<dl>${rows.map(([term, value]) => `<dt>${term}</dt><dd>${value}</dd>`).join('')}</dl>
${calls(outcome, hide)}
</article>`;
}

function calls({ finding: found }: RuleOutcome, hide: Hide): string {
  if (found?.exchange === undefined) return '';
  const { sent, received, stderr, ending, exit_code, transport, duration_ms } = showExchange(found.exchange, hide);
  const how = transport === 'serve' ? 'mode serve' : `one process, exit code ${exit_code ?? 'none'}`;
  const steps = found.steps.map(
    (step) => `<li${step === found.exchange ? ' class="here"' : ''}>${text(hide(summaryOf(step)))}</li>`,
  );
  return `<h4>The call <small>(${how}, ${duration_ms} ms)</small></h4>
<pre>${text(sent)}</pre>
<h4>The answer</h4>
<pre>${received === '' ? `nothing (${ending})` : text(received)}</pre>
${stderr === '' ? '' : `<h4>stderr</h4><pre>${text(stderr)}</pre>`}
${steps.length < 2 ? '' : `<details><summary>All ${steps.length} calls of the check</summary><ol>${steps.join('')}</ol></details>`}`;
}

function familyTable(name: string, outcomes: readonly RuleOutcome[]): string {
  if (outcomes.length === 0) return '';
  const counts = countOutcomes(outcomes);
  const bad = counts.failed + counts.warning + counts.blocked;
  const rows = outcomes.map(({ rule, status, reason, durationMs }) => {
    const id = open.includes(status) ? `<a href="#${rule.id}">${rule.id}</a>` : rule.id;
    const why = reason === undefined ? '' : `<br><small>${text(reason)}</small>`;
    return `<tr><td>${id}</td><td>${rule.severity}</td><td title="${text(rule.why)}">${text(rule.title)}${why}</td><td>v${rule.versions.join(' v')}</td><td>${rule.level}</td><td class="num">${Math.round(durationMs)}</td><td class="${status}">${labels[status]}</td></tr>`;
  });
  return `<section><details${bad > 0 ? ' open' : ''}><summary><h2>${text(name)}</h2> <span>${counts.passed} of ${outcomes.length - counts.not_applicable} passed</span></summary>
<table><thead><tr><th>Rule</th><th>Level</th><th>Title</th><th>Versions</th><th>From</th><th class="num">ms</th><th>Result</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></details></section>`;
}
