import { ExpectedError } from '@boti/core';
import { loadYaml } from '@boti/manifest';
import { repackStemcell as repack } from '@boti/stemcell';
import { argument } from '../arguments/argument-spec.ts';
import { flag, list, text } from '../arguments/option-spec.ts';
import { localCommand } from '../command.ts';

export const repackStemcell = localCommand({
  name: 'repack-stemcell',
  summary: 'Write a copy of a stemcell tarball with another name, version or cloud properties',
  args: { source: argument('PATH-TO-STEMCELL'), dest: argument('PATH-TO-RESULT') },
  options: {
    name: text('Name of the copy', { placeholder: 'NAME' }),
    cloudProperties: text('Cloud properties to put over its own', { placeholder: 'YAML' }),
    emptyImage: flag('Leave the image empty (a light stemcell)'),
    format: list('Format of the copy; may be given several times', { placeholder: 'FORMAT' }),
    version: text('Version of the copy', { placeholder: 'VERSION' }),
  },

  async run({ signal }, { source, dest, name, version, cloudProperties, emptyImage, format }) {
    const optional = {
      name,
      version,
      cloudProperties: cloudProperties === undefined ? undefined : parseProperties(cloudProperties),
      formats: format.length === 0 ? undefined : format,
    };
    const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
    await repack({ source, dest, emptyImage, signal, ...given });
  },
});

function parseProperties(yaml: string): Readonly<Record<string, unknown>> {
  const value = loadYaml(yaml, { file: '--cloud-properties' }) ?? {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new ExpectedError(`Cloud properties must be a map, not '${yaml}'`, { hint: "For example: '{region: x}'" });
}
