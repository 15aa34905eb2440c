export { type ConformanceConfig, defaultConfig, parseConfig } from './config/conformance-config.ts';
export { configTemplate } from './config/template.ts';
export { extensions, type Level, levels, type Rule } from './rule.ts';
export { allRules } from './rules/index.ts';
export type { Finding, RuleOutcome, Status } from './run/outcome.ts';
export { type ConformanceOptions, type ConformanceResult, runConformance } from './run/run-conformance.ts';
export { findRule, selectRules } from './run/select-rules.ts';
