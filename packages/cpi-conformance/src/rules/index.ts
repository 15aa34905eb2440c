import type { Rule } from '../rule.ts';
import { processRules } from './process-rules.ts';
import { requestRules } from './request-rules.ts';
import { versionRules } from './version-rules.ts';

/** Every rule that the kit checks, in the order of docs/contracts/cpi.md. */
export const allRules: readonly Rule[] = [...processRules, ...requestRules, ...versionRules];
