import {
  checkManifestKeys,
  interpolateTemplate,
  type ManifestKind,
  parseOpsFile,
  parseYaml,
  readInput as readFlagFile,
  readVariables,
  type UnknownKey,
  varsStoreFile,
} from '@boti/manifest';
import type { Environment } from '../arguments/parse-arguments.ts';
import { readInput } from './read-input.ts';
import type { TemplateValues } from './template-options.ts';

export interface RenderedManifest {
  readonly text: string;
  /** Keys that mean nothing, with where they stand. */
  unknownKeys(kind: ManifestKind): readonly UnknownKey[];
}

/**
 * The manifest with operations and variables applied, as the Director gets it. Variables without a value stay in it:
 * they are the Director's to find. With `varErrs` they are an error.
 */
export async function renderManifest(
  path: string,
  flags: TemplateValues,
  env: Environment,
  { varErrs = false }: { readonly varErrs?: boolean } = {},
): Promise<RenderedManifest> {
  const ops = await Promise.all(
    flags.opsFile.map(async (file) => parseOpsFile(await readFlagFile(file, 'Ops file'), file)),
  );
  const source = await readInput(path);
  const { text } = await interpolateTemplate({
    template: { text: source, file: path },
    ops,
    vars: await readVariables(flags, env),
    varErrs,
    ...(flags.varsStore === undefined ? {} : { varsStore: varsStoreFile(flags.varsStore) }),
  });
  return { text, unknownKeys: (kind) => unknownKeys({ source, text, path, kind }) };
}

interface Texts {
  readonly source: string;
  readonly text: string;
  readonly path: string;
  readonly kind: ManifestKind;
}

/** What operations have removed does not count; what they have added has no place in the file. */
function unknownKeys({ source, text, path, kind }: Texts): readonly UnknownKey[] {
  const inSource = checkManifestKeys(parseYaml(source, { file: path }), kind);
  const byPath = new Map(inSource.map((key) => [key.path, key]));
  const inText = checkManifestKeys(parseYaml(text, { file: `${path} with operations applied` }), kind);
  return inText.map((key) => byPath.get(key.path) ?? key);
}

export { type TemplateValues, templateOptions } from './template-options.ts';
