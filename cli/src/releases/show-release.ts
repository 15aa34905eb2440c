import { resolve } from 'node:path';
import type { ReleaseManifest } from '@boti/release';
import { byText, sortedBy } from '../ui/sort-rows.ts';
import type { Ui } from '../ui/ui.ts';

/** What commands show of a release that lies here: name and archive, its jobs, its packages. */
export function showRelease(ui: Ui, manifest: ReleaseManifest, archive?: string): void {
  const { name, version, commit_hash: hash, uncommitted_changes: isDirty, jobs, packages } = manifest;
  const facts = [
    ['Name', name],
    ['Version', version],
    ['Commit Hash', `${hash}${isDirty ? '+' : ''}`],
    ...(archive === undefined ? [] : [['Archive', resolve(archive)]]),
  ] as const;
  const header = facts.map(([title]) => title ?? '');
  ui.table({ isTransposed: true, header, rows: [facts.map(([, value]) => value ?? '')] });
  ui.table({
    content: 'jobs',
    header: ['Job', 'Digest', 'Packages'],
    rows: rowsOf(jobs, ({ packages: names }) => names ?? []),
  });
  const compiled = manifest.compiled_packages ?? [];
  if (compiled.length > 0) {
    ui.table({
      content: 'compiled packages',
      header: ['Compiled Package', 'Digest', 'Compiled for', 'Dependencies'],
      rows: sortedBy(compiled, byText(nameOf)).map((one) => [
        nameOf(one),
        one.sha1,
        one.stemcell,
        one.dependencies.join('\n'),
      ]),
    });
    return;
  }
  ui.table({
    content: 'packages',
    header: ['Package', 'Digest', 'Dependencies'],
    rows: rowsOf(packages ?? [], ({ dependencies }) => dependencies),
  });
}

interface Entry {
  readonly name: string;
  readonly version: string;
  readonly fingerprint?: string | undefined;
  readonly sha1: string;
}

function rowsOf<T extends Entry>(entries: readonly T[], needs: (entry: T) => readonly string[]): readonly string[][] {
  return sortedBy(entries, byText(nameOf)).map((entry) => [nameOf(entry), entry.sha1, needs(entry).join('\n')]);
}

const nameOf = ({ name, version, fingerprint = version }: Entry): string => `${name}/${fingerprint}`;
