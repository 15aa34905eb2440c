import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpsFile, parseOpsFile, parseYaml, type YamlValue } from '@boti/manifest';

/** A folder's YAML files, and what they are good for. Paths are relative to the folder. */
export interface Corpus {
  readonly folder: string;
  readonly documents: readonly string[];
  /** Manifests with instance groups. */
  readonly bases: readonly { readonly path: string; readonly value: YamlValue }[];
  readonly operations: readonly OpsFile[];
  /** Command lines and lists of ops files that the folder's own checks use. */
  readonly scripts: readonly string[];
}

export function readCorpus(folder: string): Corpus {
  const documents = globSync('**/*.yml', { cwd: folder, exclude: (name) => isForeign(String(name)) }).sort();
  const read = documents.map((path) => ({ path, value: documentAt(folder, path) }));
  return {
    folder,
    documents,
    bases: read.filter(({ value }) => value instanceof Map && Array.isArray(value.get('instance_groups'))),
    operations: read.flatMap(({ path, value }) => (isOpsFile(value) ? operationsOf(folder, path) : [])),
    scripts: globSync('**/*.sh', { cwd: folder, exclude: (name) => isForeign(String(name)) }).sort(),
  };
}

const isForeign = (name: string): boolean => name === 'vendor' || name === 'node_modules' || name === '.git';

export function textOf(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

/** What is no YAML is compared as such, and is no manifest. */
function documentAt(folder: string, path: string): YamlValue {
  try {
    return parseYaml(textOf(folder, path), { file: path }).value;
  } catch {
    return null;
  }
}

function isOpsFile(value: YamlValue): boolean {
  return Array.isArray(value) && value.some((item) => item instanceof Map && item.has('type') && item.has('path'));
}

function operationsOf(folder: string, path: string): readonly OpsFile[] {
  try {
    return [parseOpsFile(textOf(folder, path), path)];
  } catch {
    return [];
  }
}
