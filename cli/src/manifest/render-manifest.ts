import {
  interpolateTemplate,
  parseOpsFile,
  readInput as readFlagFile,
  readVariables,
  varsStoreFile,
} from '@boti/manifest';
import type { Environment } from '../arguments/parse-arguments.ts';
import { readInput } from './read-input.ts';
import type { ManifestKeys } from './report-odd-keys.ts';
import type { TemplateValues } from './template-options.ts';

export interface RenderedManifest extends ManifestKeys {
  readonly text: string;
}

export interface RenderOptions {
  readonly varErrs?: boolean;
  readonly varErrsUnused?: boolean;
  readonly path?: string | undefined;
}

/**
 * The manifest with operations and variables applied, as the Director gets it. Variables without a value stay in it:
 * they are the Director's to find. With `varErrs` they are an error.
 */
export async function renderManifest(
  file: string,
  flags: TemplateValues,
  env: Environment,
  { path, ...checks }: RenderOptions = {},
): Promise<RenderedManifest> {
  const ops = [];
  for (const opsFile of flags.opsFile) ops.push(parseOpsFile(await readFlagFile(opsFile, 'Ops file'), opsFile));
  const vars = await readVariables(flags, env);
  const rendered = await interpolateTemplate({
    template: { text: await readInput(file), file },
    ops,
    vars,
    ...checks,
    ...(flags.varsStore === undefined ? {} : { varsStore: varsStoreFile(flags.varsStore) }),
    ...(path === undefined ? {} : { path }),
  });
  return { ...rendered, ops };
}

export { type TemplateValues, templateOptions } from './template-options.ts';
