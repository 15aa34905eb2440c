import type { Rule } from '../rule.ts';
import { allRules, fileOfRule } from '../rules/index.ts';
import { allFamilies, familyOf } from './families.ts';

/** The tables of docs/contracts/cpi-rules.md: every rule that the kit checks, by family. */
export function ruleTables(): string {
  return allFamilies()
    .map(({ name }) =>
      family(
        name,
        allRules.filter((rule) => familyOf(rule).name === name),
      ),
    )
    .join('\n');
}

function family(name: string, rules: readonly Rule[]): string {
  const sorted = rules.toSorted((a, b) => compareIds(a.id, b.id));
  const rows = sorted.map((rule) => [
    rule.id,
    rule.mustWith === undefined ? rule.severity : `SHOULD; MUST with \`${rule.mustWith}\``,
    rule.title,
    rule.versions.length === 3 ? 'all' : rule.versions.map((version) => `v${version}`).join(', '),
    rule.level,
    rule.source,
    check(rule),
  ]);
  const head = ['rule', 'severity', 'text', 'versions', 'level', 'source', 'check'];
  return `## ${name}\n\n${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')}\n`;
}

function check(rule: Rule): string {
  const path = fileOfRule(rule);
  return `[${path.split('/').at(-1)}](../../${path})`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** M2.10 comes after M2.9. */
function compareIds(a: string, b: string): number {
  const parts = (id: string): readonly string[] => id.match(/\d+|[A-Za-z_]+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? '';
    if (part === other) continue;
    return /^\d+$/.test(part) && /^\d+$/.test(other) ? Number(part) - Number(other) : part < other ? -1 : 1;
  }
  return left.length - right.length;
}
