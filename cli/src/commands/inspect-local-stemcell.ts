import { readStemcellManifest } from '@boti/stemcell';
import { argument } from '../arguments/argument-spec.ts';
import { localCommand } from '../command.ts';

export const inspectLocalStemcell = localCommand({
  name: 'inspect-local-stemcell',
  summary: 'Show what a stemcell tarball says of itself',
  args: { path: argument('PATH-TO-STEMCELL') },

  async run({ ui, signal }, { path }) {
    const stemcell = await readStemcellManifest(path, { signal, unquotedVersion: true });
    const { name, version, operatingSystem, cloudProperties } = stemcell;
    const os = operatingSystem === name ? '' : operatingSystem;
    ui.table({
      content: 'stemcell-metadata',
      header: ['Name', 'OS', 'Version', 'Infrastructure', 'Hypervisor'],
      rows: [
        [name, os, version, textOr(cloudProperties.infrastructure, 'unknown'), textOr(cloudProperties.hypervisor, '-')],
      ],
    });
  },
});

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}
