import type { Info } from '@boti/director-api';
import type { Table } from './table.ts';

/** What `environment` and `alias-env` show of a Director. */
export function infoTable(info: Info): Table {
  const features = Object.entries(info.features ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { status }]) => `${name}: ${status ? 'enabled' : 'disabled'}`);
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Name', info.name],
    ['UUID', info.uuid],
    ['Version', info.version],
    ['Director Stemcell', info.stemcell_os ? `${info.stemcell_os}/${info.stemcell_version ?? '-'}` : undefined],
    ['CPI', info.cpi ?? undefined],
    ['Features', features.length === 0 ? undefined : features.join('\n')],
    ['User', info.user ?? '(not logged in)'],
  ];
  const shown = lines.filter((line): line is readonly [string, string] => line[1] !== undefined && line[1] !== '');
  return { isTransposed: true, header: shown.map(([title]) => title), rows: [shown.map(([, value]) => value)] };
}
