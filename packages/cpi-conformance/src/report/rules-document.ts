import type { Rule } from '../rule.ts';
import { allRules, fileOfRule } from '../rules/index.ts';
import { allFamilies, familyOf } from './families.ts';

const introduction = `# Rules that the conformance kit checks

Written by \`bin/node tools/write-cpi-rules.ts\` from packages/cpi-conformance/src/rules: change it there.

[The contract](cpi.md) says what holds; a rule here is the part of it that one check looks at: \`M4.2\` belongs to the
contract's rule M4. \`boti cpi test --explain RULE\` tells why a rule is there and how to mend a CPI;
[test a CPI](../guides/test-a-cpi.md) tells how to run the kit.

Severity as in RFC 2119. Level: the lowest level at which the rule is checked (offline, live, chaos). A rule that says nothing about a
CPI (a method that it lacks, a version that it does not speak) is reported as not applicable, with the reason.
`;

/** docs/contracts/cpi-rules.md. */
export function rulesDocument(): string {
  const tables = allFamilies().map(({ name }) =>
    table(
      name,
      allRules.filter((rule) => familyOf(rule).name === name),
    ),
  );
  return [`${introduction}\n${allRules.length} rules.\n`, ...tables].join('\n');
}

function table(name: string, rules: readonly Rule[]): string {
  const head = ['rule', 'severity', 'text', 'versions', 'level', 'source', 'check'];
  const rows = rules.toSorted((a, b) => compareIds(a.id, b.id)).map(cells);
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `## ${name}\n\n${lines.join('\n')}\n`;
}

function cells(rule: Rule): readonly string[] {
  const path = fileOfRule(rule);
  return [
    escapeCell(rule.id),
    rule.mustWith === undefined ? rule.severity : `SHOULD; MUST with \`${rule.mustWith}\``,
    escapeCell(rule.title),
    rule.versions.length === 3 ? 'all' : rule.versions.map((version) => `v${version}`).join(', '),
    rule.level,
    escapeCell(rule.source),
    `[${path.split('/').at(-1)?.replace('-rules.ts', '')}](../../${path})`,
  ];
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('_', '\\_').replaceAll('*', '\\*').replaceAll('<', '\\<');
}

/** M2.10 comes after M2.9. */
function compareIds(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  const index = left.findIndex((part, n) => part !== right[n]);
  const [part, other] = [left[index], right[index]];
  if (part === undefined || other === undefined) return left.length - right.length;
  if (typeof part === 'number' && typeof other === 'number') return part - other;
  return String(part) < String(other) ? -1 : 1;
}

function partsOf(id: string): readonly (string | number)[] {
  return (id.match(/\d+|[A-Za-z_]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
