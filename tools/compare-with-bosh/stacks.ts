import { dirname, join, normalize } from 'node:path';
import { applyOps, loadYaml, type OpsFile, type YamlValue } from '@boti/manifest';
import { type Corpus, textOf } from './corpus.ts';

/** Ops files that go onto a base together, in order, with the flags that come along. */
export interface Stack {
  readonly name: string;
  readonly base: string;
  readonly files: readonly string[];
  readonly flags: readonly string[];
}

export type Applies = (base: YamlValue, files: readonly OpsFile[]) => boolean;

export const applies: Applies = (base, files) => {
  try {
    applyOps(base, files);
    return true;
  } catch {
    return false;
  }
};

/** For an ops file that needs others before it: one, or two, that make it apply. */
export function withPrerequisites(corpus: Corpus, base: YamlValue, wanted: OpsFile): readonly OpsFile[] | undefined {
  const first = corpus.operations.filter((file) => file !== wanted && applies(base, [file]));
  for (const file of first) if (applies(base, [file, wanted])) return [file, wanted];
  const alike = first.filter((file) => /cpi|uaa|credhub|windows|isolation|cell/.test(file.file));
  for (const one of alike) {
    const base1 = applyOps(base, [one]);
    for (const two of corpus.operations) if (applies(base1, [two, wanted])) return [one, two, wanted];
  }
  return undefined;
}

/** Every ops file that still applies after those before it. */
export function tallest(corpus: Corpus, base: YamlValue, order: readonly OpsFile[] = corpus.operations): OpsFile[] {
  const files: OpsFile[] = [];
  let value = base;
  for (const file of order) {
    if (!applies(value, [file])) continue;
    value = applyOps(value, [file]);
    files.push(file);
  }
  return files;
}

/** The command lines with ops files in the folder's shell scripts. */
export function stacksOfScripts(corpus: Corpus): readonly Stack[] {
  const bases = corpus.bases.map(({ path }) => path);
  return corpus.scripts.flatMap((script) => {
    const lines = textOf(corpus.folder, script).replaceAll('\\\n', ' ').split('\n');
    return lines.flatMap((line, at) => {
      const words = line.trim().split(/\s+/);
      const base = words.find((word) => bases.includes(word.replace(/^\.\//, '')));
      if (base === undefined || !words.includes('-o')) return [];
      const files = flagValues(words, '-o').filter((file) => corpus.documents.includes(normalize(file)));
      const flags = ['-v', '-l'].flatMap((flag) => flagValues(words, flag).flatMap((value) => [flag, value]));
      return [{ name: `${script}:${at + 1}`, base, files, flags: flags.filter((flag) => !flag.includes('$')) }];
    });
  });
}

function flagValues(words: readonly string[], flag: string): readonly string[] {
  return words.flatMap((word, at) => (word === flag ? [words[at + 1] ?? ''] : [])).filter((value) => value !== '');
}

interface Listed {
  readonly ops?: readonly string[];
  readonly vars?: readonly string[];
  readonly varsfiles?: readonly string[];
}

/** cf-deployment's own checks list ops files, their prerequisites and their variables in YAML. */
export function stacksOfLists(corpus: Corpus): readonly Stack[] {
  const lists = corpus.documents.filter((path) => /tests\/.*\/operations\.yml$/.test(path));
  const [base] = corpus.bases;
  if (base === undefined) return [];
  return lists.flatMap((list) => {
    const entries = Object.entries((loadYaml(textOf(corpus.folder, list)) ?? {}) as Record<string, Listed | null>);
    return entries.map(([name, listed]) => stackOfList(corpus, { name, list, listed: listed ?? {} }, base.path));
  });
}

function stackOfList(
  corpus: Corpus,
  { name, list, listed }: { readonly name: string; readonly list: string; readonly listed: Listed },
  base: string,
): Stack {
  const find = (file: string): string => {
    const candidates = corpus.documents.filter((path) => path === file || path.endsWith(`/${file}`));
    const topic = dirname(list).split('/').at(-1)?.replace('_test', '') ?? '';
    return candidates.find((path) => path.includes(topic)) ?? candidates[0] ?? join('operations', file);
  };
  const flags = [
    ...(listed.vars ?? []).flatMap((value) => ['-v', value]),
    ...(listed.varsfiles ?? []).flatMap((file) => ['-l', find(file)]),
  ];
  return { name: `${list}#${name}`, base, files: (listed.ops ?? [name]).map(find), flags };
}
