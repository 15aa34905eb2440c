import type { Trial } from './run/trial.ts';

/** offline: touches no cloud. live: makes things on it. chaos: kills, races, slow and huge input. Each includes those before. */
export const levels = ['offline', 'live', 'chaos'] as const;
export type Level = (typeof levels)[number];

export type Version = 1 | 2 | 3;
export const allVersions: readonly Version[] = [1, 2, 3];

/** boti's extensions of the contract, as `info` lists them. */
export const extensions = ['serve', 'cancel', 'console_log', 'list', 'journal'] as const;
export type Extension = (typeof extensions)[number];

/** Without these a rule says nothing about a CPI: it is then reported as not applicable, with the reason. */
export interface Needs {
  readonly methods?: readonly string[];
  readonly extensions?: readonly Extension[];
  /** Parts of conformance.yml that have no default. */
  readonly config?: readonly ('dynamic' | 'vip' | 'managed' | 'other_cloud')[];
}

/** One rule of docs/contracts/cpi.md, and how the kit checks it. */
export interface Rule {
  /** Family letter and number as in the contract, then a number of its own: `M4.2`. Ids are never used twice. */
  readonly id: string;
  /** What a CPI must do, as a sentence. */
  readonly title: string;
  /** Breaking a SHOULD is a warning (an error with `--strict`). */
  readonly severity: 'MUST' | 'SHOULD';
  /** A SHOULD that binds CPIs with this extension as a MUST. */
  readonly mustWith?: Extension;
  readonly level: Level;
  /** Contract versions in which the rule holds; it is checked in the newest of them that the CPI speaks. */
  readonly versions: readonly Version[];
  /** Where the rule comes from: file of upstream's, or boti. */
  readonly source: string;
  /** What goes wrong in a Director or create-env when it is broken. */
  readonly why: string;
  /** How to mend a CPI that breaks it. */
  readonly remedy: string;
  readonly needs?: Needs;
  /** `alone`: no other check runs meanwhile. `last`: after everything else, when all is deleted. */
  readonly when?: 'alone' | 'last' | undefined;
  /** Returns when the CPI keeps the rule; throws RuleBroken, NotApplicable or Blocked. */
  readonly check: (trial: Trial) => Promise<void>;
}

type Defaults = Partial<Omit<Rule, 'id' | 'title' | 'check'>>;
type Rest<D extends Defaults> = Omit<Rule, keyof D> & Partial<Pick<Rule, keyof D & keyof Rule>>;

/** Rules that have something in common; what a rule says itself wins. */
export function ruleSet<const D extends Defaults>(common: D, rules: readonly Rest<D>[]): readonly Rule[] {
  return rules.map((rule) => ({ ...common, ...rule }) as unknown as Rule);
}
