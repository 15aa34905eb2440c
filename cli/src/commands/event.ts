import { argument } from '../arguments/argument-spec.ts';
import { directorCommand } from '../command.ts';
import { eventColumns, eventRow } from './events.ts';

export const event = directorCommand({
  name: 'event',
  summary: 'Show one event',
  args: { id: argument('ID') },

  async run({ ui, director }, { id }) {
    const row = eventRow(await director.event(id));
    const isShown = (_: unknown, column: number): boolean => column < 2 || row[column] !== '';
    ui.table({ isTransposed: true, header: eventColumns.filter(isShown), rows: [row.filter(isShown)] });
  },
});
