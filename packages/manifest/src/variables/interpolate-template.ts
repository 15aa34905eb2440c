import { ExpectedError } from '@boti/core';
import { applyOperation } from '../ops/apply-operation.ts';
import { findPath } from '../ops/find-path.ts';
import { applyOps, type OpsFile } from '../ops/ops-file.ts';
import { type PathToken, parsePath } from '../ops/path.ts';
import { dumpYamlValue } from '../yaml/dump-yaml.ts';
import { parseYaml, type YamlDocument } from '../yaml/load-yaml.ts';
import type { YamlValue } from '../yaml/yaml-value.ts';
import { replacePlaceholders } from './placeholders.ts';
import { resolveDefinitions } from './resolve-definitions.ts';
import { variableDefinitions } from './variable-definitions.ts';
import { partOf, splitName } from './variable-lookup.ts';
import { variablePlaces } from './variable-places.ts';
import type { VarsStore } from './vars-store.ts';

export interface InterpolateOptions {
  readonly template: { readonly text: string; readonly file: string };
  readonly ops?: readonly OpsFile[];
  /** By root name; see collectVariables. */
  readonly vars?: ReadonlyMap<string, YamlValue>;
  readonly varsStore?: VarsStore;
  /** Answers only what is at this path. */
  readonly path?: string;
  /** Throws if a variable that is used has no value. */
  readonly varErrs?: boolean;
  /** Throws if a variable that has a value is not used. */
  readonly varErrsUnused?: boolean;
}

export interface Interpolated {
  readonly value: YamlValue;
  /** As upstream prints it: YAML, or the bare text when `path` leads to text. */
  readonly text: string;
  /** The template as it was read. */
  readonly source: YamlDocument;
}

/** Applies ops files, fills in variables, generates those that `variables:` defines, and writes the result. */
export async function interpolateTemplate(options: InterpolateOptions): Promise<Interpolated> {
  const { ops = [], vars = new Map(), varsStore: store, path } = options;
  const wanted = path === undefined ? undefined : parsePath(path);
  const document = parseYaml(options.template.text, { file: options.template.file });
  const opened = applyOps(document.value, ops);
  const definitions = variableDefinitions(opened);
  const resolved = await resolveDefinitions(definitions, { variables: vars, store });
  const stored = new Map<string, YamlValue>();
  for (const name of (await store?.names()) ?? []) stored.set(name, (await store?.get(name)) ?? null);

  const use = variableUse({ vars, stored });
  const filled = replacePlaceholders(opened, use.lookup);
  check(use, { options, document, defined: definitions.map(({ name }) => name) });
  const value = withoutDefinitions(filled, resolved);
  const answer = wanted === undefined ? value : findPath(value, wanted);
  const isBareText = wanted !== undefined && typeof answer === 'string';
  return { value: answer, text: isBareText ? `${answer}\n` : dumpYamlValue(answer), source: document };
}

interface Known {
  readonly vars: ReadonlyMap<string, YamlValue>;
  readonly stored: ReadonlyMap<string, YamlValue>;
}

interface VariableUse {
  readonly lookup: (name: string, path: readonly (string | number)[]) => YamlValue | undefined;
  /** Root names without value → where they are used. */
  readonly missing: ReadonlyMap<string, readonly (readonly (string | number)[])[]>;
  unused(): readonly string[];
}

function variableUse({ vars, stored }: Known): VariableUse {
  const missing = new Map<string, (readonly (string | number)[])[]>();
  const used = new Set<string>();
  return {
    missing,
    unused: () => [...new Set([...vars.keys(), ...stored.keys()])].filter((name) => !used.has(name)),
    lookup(name, path) {
      const { root, steps } = splitName(name);
      used.add(root);
      const value = (vars.has(root) ? vars : stored).get(root);
      if (value !== undefined) return partOf(name, value, steps);
      missing.set(root, [...(missing.get(root) ?? []), path]);
      return undefined;
    },
  };
}

interface CheckContext {
  readonly options: InterpolateOptions;
  readonly document: YamlDocument;
  readonly defined: readonly string[];
}

function check(use: VariableUse, { options, document, defined }: CheckContext): void {
  const problems: string[] = [];
  if (options.varErrs === true && use.missing.size > 0) {
    const lines = [...use.missing].map(([name, paths]) => {
      const places = variablePlaces(name, paths, { document, ops: options.ops ?? [] });
      return `  - ${name}, used at ${places.join(', ')}`;
    });
    problems.push(['Expected to find variables:', ...lines.sort()].join('\n'));
  }
  const unused = options.varErrsUnused === true ? use.unused().filter((name) => !defined.includes(name)) : [];
  if (unused.length > 0) {
    problems.push(['Expected to use variables:', ...unused.sort().map((name) => `  - ${name}`)].join('\n'));
  }
  if (problems.length > 0) throw new VariablesMismatch(problems.join('\n'));
}

/** Variables are used that have no value, or have a value and are not used. */
export class VariablesMismatch extends ExpectedError {}

// BOSH: definitions that have a value leave `variables:`, found by name; the key itself stays, if only as an empty list.
function withoutDefinitions(document: YamlValue, resolved: ReadonlySet<string>): YamlValue {
  let result = document;
  for (const name of resolved) {
    const path: readonly PathToken[] = [
      { kind: 'key', key: 'variables', isOptional: false },
      { kind: 'match', key: 'name', value: name, isOptional: false, modifiers: [] },
    ];
    result = applyOperation(result, { type: 'remove', path });
  }
  return result;
}
