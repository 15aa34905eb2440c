/** `bad` and `good` are shown in red and green where colours are on. */
export interface Toned {
  readonly text: string;
  readonly tone: 'good' | 'bad';
}

/** Lines are separated by newlines; an empty cell is shown as `-`. */
export type Cell = string | Toned;

export interface Table {
  /** Stands above the table, as `Deployment 'x'`. */
  readonly title?: string;
  /** What the rows are, in the plural, for the count below: `2 instances`. No count when absent. */
  readonly content?: string;
  /** Titles may hold a line break. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly notes?: readonly string[];
  /** Each column becomes a line `Title  value`. */
  readonly isTransposed?: boolean;
  /** The count, where it is not the number of rows. */
  readonly count?: number;
}

export interface TableStyle {
  /** Spaces between columns on a terminal; otherwise rows are for programs: TABs, no header, no notes. */
  readonly isTty: boolean;
  bold(text: string): string;
  tone(tone: Toned['tone'], text: string): string;
}

/** `Load\n(1m, 5m, 15m)` becomes `load_1m_5m_15m`; a title without letters takes its column's number. */
export function headerKey(title: string, column: number): string {
  const key = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  return key === '' ? String(column) : key;
}

/** Keeps the columns with these keys, in the table's order. */
export function selectColumns(table: Table, keys: readonly string[]): Table {
  if (keys.length === 0) return table;
  const own = table.header.map(headerKey);
  for (const key of keys) if (!own.includes(key)) throw new UnknownColumn(key, own);
  const isKept = (_: unknown, column: number): boolean => keys.includes(own[column] ?? '');
  return { ...table, header: table.header.filter(isKept), rows: table.rows.map((row) => row.filter(isKept)) };
}

export function renderTable(table: Table, style: TableStyle): string {
  const grid = table.isTransposed ? transposed(table) : upright(table, style);
  const body = layOut(grid, style);
  if (!style.isTty) return body;
  const title = table.title === undefined ? '' : `${table.title}\n\n`;
  const notes = table.notes?.length ? `\n${table.notes.join('\n')}\n` : '';
  const count = table.content === undefined ? '' : `\n${table.count ?? table.rows.length} ${table.content}\n`;
  return title + body + notes + count;
}

type Show = 'header' | 'cell';
type Grid = readonly (readonly { readonly cell: Cell; readonly show: Show }[])[];

function upright(table: Table, { isTty }: TableStyle): Grid {
  let previous: string | undefined;
  const rows = table.rows.map((row) =>
    row.map((cell, column) => {
      if (column > 0 || !isTty) return { cell, show: 'cell' as const };
      const isRepeated = textOf(cell) === previous;
      previous = textOf(cell);
      return { cell: isRepeated ? '~' : cell, show: 'cell' as const };
    }),
  );
  return isTty ? [table.header.map((cell) => ({ cell, show: 'header' as const })), ...rows] : rows;
}

function transposed(table: Table): Grid {
  return table.rows.flatMap((row) =>
    row.map((cell, column) => [
      { cell: table.header[column] ?? '', show: 'header' as const },
      { cell, show: 'cell' as const },
    ]),
  );
}

function layOut(grid: Grid, style: TableStyle): string {
  const shown = style.isTty ? grid : grid.map((row) => row.filter(({ show }) => show === 'cell'));
  const widths = widthsOf(shown);
  const separator = style.isTty ? '  ' : '\t';
  return shown.map((row) => layOutRow(row, widths, { separator, style })).join('');
}

function widthsOf(grid: Grid): number[] {
  const widths: number[] = [];
  for (const row of grid) {
    for (const [column, { cell }] of row.entries()) {
      const width = Math.max(...linesOf(cell).map(displayWidth));
      widths[column] = Math.max(widths[column] ?? 0, width);
    }
  }
  return widths;
}

function layOutRow(
  row: Grid[number],
  widths: readonly number[],
  { separator, style }: { separator: string; style: TableStyle },
): string {
  const cells = row.map(({ cell }) => linesOf(cell));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) => {
    const columns = row.map(({ cell, show }, column) => {
      const text = cells[column]?.[index] ?? '';
      const isLast = column === row.length - 1;
      const padding = isLast ? '' : ' '.repeat((widths[column] ?? 0) - displayWidth(text));
      return decorate(text, { cell, show, style }) + padding + separator;
    });
    return `${columns.join('')}\n`;
  }).join('');
}

function decorate(text: string, { cell, show, style }: { cell: Cell; show: Show; style: TableStyle }): string {
  if (text === '') return '';
  if (show === 'header') return style.bold(text);
  return typeof cell === 'string' ? text : style.tone(cell.tone, text);
}

export const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);

function linesOf(cell: Cell): readonly string[] {
  const text = textOf(cell);
  return text === '' ? ['-'] : text.split('\n');
}

const displayWidth = (text: string): number => [...text].length;

/** `--column` names a column that the table does not have. */
export class UnknownColumn extends Error {
  constructor(key: string, known: readonly string[]) {
    super(`Failed to find header: ${key} (columns are ${known.join(', ')})`);
  }
}

export function toned(text: string, isGood: boolean): Toned {
  return { text, tone: isGood ? 'good' : 'bad' };
}
