import { applyOps, dumpYaml, type OpsFile, type YamlValue } from '@boti/manifest';
import type { Corpus } from './corpus.ts';
import { exampleVariables } from './example-variables.ts';
import { samplePaths } from './sample-paths.ts';
import { applies, type Stack, stacksOfLists, stacksOfScripts, tallest, withPrerequisites } from './stacks.ts';

/** One command line for both programs. */
export interface Comparison {
  readonly kind: string;
  readonly name: string;
  readonly args: readonly string[];
  /** Files beside the folder, named `@NAME` in `args`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Generated values differ: only what they look like is compared. */
  readonly isMasked?: boolean;
}

/** Everything that is worth comparing in a folder. */
export function* comparisonsOf(corpus: Corpus): Generator<Comparison> {
  for (const path of corpus.documents) yield { kind: 'each YAML file', name: `file ${path}`, args: [path] };
  for (const base of corpus.bases) yield* onBase(corpus, base);
  for (const stack of [...stacksOfScripts(corpus), ...stacksOfLists(corpus)])
    yield ofStack('stacks of the folder', stack);
}

type Base = Corpus['bases'][number];

function* onBase(corpus: Corpus, base: Base): Generator<Comparison> {
  let alone = 0;
  for (const file of corpus.operations) {
    const kind = 'each ops file';
    const name = `${base.path} + ${file.file}`;
    yield { kind, name, args: [base.path, '-o', file.file] };
    if (applies(base.value, [file])) alone += 1;
    else {
      const files = withPrerequisites(corpus, base.value, file);
      if (files !== undefined) yield { kind: 'with prerequisites', name, args: [base.path, ...flagsFor(files)] };
    }
  }
  // Not the small examples: what is interesting of them was shown by then.
  if (alone < 3) return;
  const tall = tallest(corpus, base.value);
  yield* withVariables(base, tall);
  yield* randomStacks(corpus, base);
  yield* withStore(base);
  for (const path of samplePaths(base.value, 60)) {
    yield { kind: '--path', name: `${base.path} ${path}`, args: [base.path, '--path', path] };
  }
}

const flagsFor = (files: readonly OpsFile[]): readonly string[] => files.flatMap(({ file }) => ['-o', file]);

function ofStack(kind: string, { name, base, files, flags }: Stack): Comparison {
  return { kind, name, args: [base, ...files.flatMap((file) => ['-o', file]), ...flags] };
}

function* withVariables(base: Base, tall: readonly OpsFile[]): Generator<Comparison> {
  const kind = 'tall stacks and variables';
  for (const files of [[], tall]) {
    const value = applyOps(base.value, files);
    const name = `${base.path} + ${files.length} ops files`;
    const args = [base.path, ...flagsFor(files)];
    yield { kind, name, args };
    yield { kind, name: `${name}, --var-errs`, args: [...args, '--var-errs', '--var-errs-unused'] };
    for (const sort of ['text', 'mixed'] as const) {
      const variables = exampleVariables(value, sort, definedNames(value));
      const vars = { 'vars.yml': dumpYaml(variables) };
      yield { kind, name: `${name}, ${sort} -l`, args: [...args, '-l', '@vars.yml'], files: vars };
      yield { kind, name: `${name}, ${sort} --vars-store`, args: [...args, '--vars-store', '@vars.yml'], files: vars };
      yield { kind, name: `${name}, ${sort} -v`, args: [...args, ...varFlags(variables)] };
    }
  }
}

function varFlags(variables: ReadonlyMap<string, unknown>): readonly string[] {
  return [...variables].flatMap(([name, value]) => ['-v', `${name}=${dumpYaml(value).trimEnd()}`]);
}

const rounds = 25;

function* randomStacks(corpus: Corpus, base: Base): Generator<Comparison> {
  const random = numbers(1);
  for (let round = 1; round <= rounds; round += 1) {
    const order = shuffled(corpus.operations, random).slice(0, 40);
    const args = [base.path, ...flagsFor(tallest(corpus, base.value, order))];
    yield { kind: 'random stacks', name: `${base.path} random stack ${round}`, args };
  }
}

function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Always the same numbers between 0 and 1 for a seed (a linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Everything generated anew: a certificate takes a while, so this is done once for a manifest. */
function* withStore(base: Base): Generator<Comparison> {
  const isDefined = base.value instanceof Map && Array.isArray(base.value.get('variables'));
  if (!isDefined) return;
  const value: YamlValue = base.value;
  const roots = new Set([...exampleVariables(value, 'text').keys()]);
  for (const name of definedNames(value)) roots.delete(name);
  const flags = [...roots].flatMap((name) => ['-v', `${name}=${name}.example`]);
  yield {
    kind: 'generated --vars-store',
    name: `${base.path}, generated --vars-store`,
    args: [base.path, '--vars-store', '@store.yml', ...flags],
    files: {},
    isMasked: true,
  };
}

function definedNames(value: YamlValue): readonly string[] {
  const list = value instanceof Map ? value.get('variables') : null;
  return (Array.isArray(list) ? (list as YamlValue[]) : []).flatMap((item) =>
    item instanceof Map ? [String(item.get('name'))] : [],
  );
}
