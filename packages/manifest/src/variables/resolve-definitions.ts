import { ExpectedError, messageOf } from '@boti/core';
import type { YamlValue } from '../yaml/yaml-value.ts';
import { generateValue } from './generate/generate-value.ts';
import { replacePlaceholders } from './placeholders.ts';
import { placeholdersInValue } from './placeholders-in-value.ts';
import type { VariableDefinition } from './variable-definitions.ts';
import { partOf, splitName } from './variable-lookup.ts';
import type { VarsStore } from './vars-store.ts';

export interface Sources {
  readonly variables: ReadonlyMap<string, YamlValue>;
  readonly store: VarsStore | undefined;
}

/**
 * Gives a value to each defined variable that has none, in order of definition, used or not. Answers the names that have
 * a value now. A definition whose options hold a variable without value is passed over.
 */
export async function resolveDefinitions(
  definitions: readonly VariableDefinition[],
  sources: Sources,
): Promise<ReadonlySet<string>> {
  const resolver = definitionResolver(definitions, sources);
  const found = new Set<string>();
  for (const { name } of definitions) {
    if ((await resolver(name, [])) !== undefined) found.add(name);
  }
  return found;
}

type Resolver = (name: string, waiting: readonly string[]) => Promise<YamlValue | undefined>;

function definitionResolver(definitions: readonly VariableDefinition[], { variables, store }: Sources): Resolver {
  const resolve: Resolver = async (name, waiting) => {
    const known = variables.has(name) ? variables.get(name) : await store?.get(name);
    if (known !== undefined || store === undefined) return known;
    const definition = definitions.find((candidate) => candidate.name === name && candidate.type !== '');
    if (definition === undefined) return undefined;
    if (waiting.includes(name)) {
      throw new ExpectedError(`Variable '${name}' needs itself: ${[...waiting, name].join(' → ')}`);
    }
    const options = await resolveOptions(definition, resolve, [...waiting, name]);
    return options === undefined ? undefined : await generateAndKeep({ ...definition, options }, { variables, store });
  };
  return resolve;
}

/** The options with their placeholders replaced, or undefined if one of them has no value. */
async function resolveOptions(
  { options }: VariableDefinition,
  resolve: Resolver,
  waiting: readonly string[],
): Promise<YamlValue | undefined> {
  const values = new Map<string, YamlValue>();
  for (const name of placeholdersInValue(options)) {
    const { root, steps } = splitName(name);
    const value = await resolve(root, waiting);
    if (value === undefined) return undefined;
    values.set(name, partOf(name, value, steps));
  }
  return replacePlaceholders(options, (name) => values.get(name));
}

/** A CA must have its value already: upstream does not look ahead either. */
async function generateAndKeep(
  definition: VariableDefinition,
  { variables, store }: { readonly variables: ReadonlyMap<string, YamlValue>; readonly store: VarsStore },
): Promise<YamlValue | undefined> {
  const lookUp = async (name: string) => (variables.has(name) ? variables.get(name) : await store.get(name));
  try {
    await store.set(definition.name, await generateValue(definition, lookUp));
  } catch (error) {
    throw new ExpectedError(`Variable '${definition.name}' cannot be generated: ${messageOf(error)}`, { cause: error });
  }
  return await store.get(definition.name);
}
