import {
  interpolateTemplate,
  parseOpsFile,
  readInput as readFlagFile,
  readVariables,
  varsStoreFile,
} from '@boti/manifest';
import type { Environment } from '../arguments/parse-arguments.ts';
import { readInput } from './read-input.ts';
import type { TemplateValues } from './template-options.ts';

/**
 * The manifest with operations and variables applied, as the Director gets it. Variables without a value stay in it:
 * they are the Director's to find.
 */
export async function renderManifest(path: string, flags: TemplateValues, env: Environment): Promise<string> {
  const ops = await Promise.all(
    flags.opsFile.map(async (file) => parseOpsFile(await readFlagFile(file, 'Ops file'), file)),
  );
  const rendered = await interpolateTemplate({
    template: { text: await readInput(path), file: path },
    ops,
    vars: await readVariables(flags, env),
    ...(flags.varsStore === undefined ? {} : { varsStore: varsStoreFile(flags.varsStore) }),
  });
  return rendered.text;
}

export { type TemplateValues, templateOptions } from './template-options.ts';
