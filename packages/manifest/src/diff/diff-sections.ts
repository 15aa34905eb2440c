import type { DiffLine } from './diff-manifests.ts';

const order = [
  'azs:',
  'vm_types:',
  'vm_extensions:',
  'resource_pools:',
  'compilation:',
  'networks:',
  'disk_types:',
  'name:',
  'stemcells:',
  'releases:',
  'update:',
  'jobs:',
  'release:',
  'addons:',
  'variables:',
];

/** The top-level sections in the order people read manifests, an empty line between them. */
// BOSH: bosh-director manifest/diff_lines.rb. A scalar's whole line is its section key, so scalars stay with the others.
export function inSections(lines: readonly DiffLine[]): readonly DiffLine[] {
  const sections = new Map<string, DiffLine[]>();
  let current = '';
  for (const line of lines) {
    const [text] = line;
    if (!/^[ -]/.test(text)) current = text;
    const section = sections.get(current) ?? [];
    sections.set(current, section);
    section.push(line);
  }
  const known = order.filter((key) => sections.has(key));
  const keys = [...known, ...[...sections.keys()].filter((key) => !order.includes(key))];
  return keys.flatMap((key, at): DiffLine[] => [
    ...(at === 0 ? [] : [['', null] as const]),
    ...(sections.get(key) ?? []),
  ]);
}
