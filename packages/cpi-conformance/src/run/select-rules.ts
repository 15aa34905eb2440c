import { closest, ExpectedError } from '@boti/core';
import { type Level, levels, type Rule } from '../rule.ts';

/** Rules up to this level; of these only those that `only` names: ids, or their beginnings (`M4`, `S`). */
export function selectRules(rules: readonly Rule[], level: Level, only: readonly string[]): readonly Rule[] {
  const inLevel = rules.filter((rule) => levels.indexOf(rule.level) <= levels.indexOf(level));
  if (only.length === 0) return inLevel;
  for (const wanted of only) requireKnown(rules, wanted);
  // Who names a rule wants it checked, whatever its level.
  const named = only.some((wanted) => rules.some(({ id }) => id === wanted)) ? rules : inLevel;
  return named.filter(({ id }) => only.some((wanted) => matches(id, wanted)));
}

export function findRule(rules: readonly Rule[], id: string): Rule {
  const found = rules.find((rule) => rule.id === id);
  if (found !== undefined) return found;
  throw unknownRule(rules, id);
}

function requireKnown(rules: readonly Rule[], wanted: string): void {
  if (!rules.some(({ id }) => matches(id, wanted))) throw unknownRule(rules, wanted);
}

function matches(id: string, wanted: string): boolean {
  return id === wanted || id.startsWith(`${wanted}.`) || (/^[A-Z]$/.test(wanted) && id.startsWith(wanted));
}

function unknownRule(rules: readonly Rule[], id: string): ExpectedError {
  const guess = closest(
    id,
    rules.map((rule) => rule.id),
  );
  return new ExpectedError(`There is no rule '${id}'`, {
    hint: `${guess === undefined ? '' : `Did you mean '${guess}'? `}'boti cpi test --list' lists the rules.`,
  });
}
