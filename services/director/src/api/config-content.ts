import { messageOf } from '@boti/core';
import { dumpYaml, fromPlain, loadYaml } from '@boti/manifest';
import { BadConfig } from '../errors.ts';

/** The mapping that a config of any type has to be. */
export function configMapping(content: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = loadYaml(content, { file: 'config' });
  } catch (error) {
    throw new BadConfig(`Incorrect YAML structure of the uploaded config: ${messageOf(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadConfig('Config should be a hash');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** What is kept of a config: its text, but of runtime configs a dump in which release versions are text. */
export function storedContent(type: string, content: string): string {
  const mapping = configMapping(content);
  if (type !== 'runtime') return content;
  const releases = mapping.releases;
  if (!Array.isArray(releases)) return `---\n${dumpYaml(fromPlain(mapping))}`;
  const withTextVersions = releases.map((release: unknown) =>
    typeof release === 'object' && release !== null && 'version' in release
      ? { ...release, version: String(release.version) }
      : release,
  );
  return `---\n${dumpYaml(fromPlain({ ...mapping, releases: withTextVersions }))}`;
}
