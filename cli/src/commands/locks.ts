import { directorCommand } from '../command.ts';
import { formatTime } from '../ui/formats.ts';
import { compareNaturally } from '../ui/sort-rows.ts';

export const locks = directorCommand({
  name: 'locks',
  summary: 'List what tasks hold for themselves',

  async run({ ui, director }) {
    const held = await director.locks();
    ui.table({
      content: 'locks',
      header: ['Type', 'Resource', 'Task ID', 'Expires at'],
      rows: held
        .toSorted((a, b) => compareNaturally(a.task_id ?? '', b.task_id ?? ''))
        .map((lock) => [
          lock.type,
          lock.resource.join(':'),
          lock.task_id ?? '',
          formatTime(Math.trunc(Number(lock.timeout))),
        ]),
    });
  },
});
