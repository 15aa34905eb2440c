import type { Task } from '@boti/director-api';
import { flag, optionalInteger } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { formatTime } from '../ui/formats.ts';
import type { Cell } from '../ui/table.ts';

const failedStates: readonly string[] = ['error', 'timeout', 'cancelled'];

export const tasks = directorCommand({
  name: 'tasks',
  aliases: ['ts'],
  summary: 'List tasks that are under way, or recent ones',
  options: {
    recent: optionalInteger(30, 'Show this many recent tasks, ended ones too', { short: 'r' }),
    all: flag('Show tasks of all types', { short: 'a' }),
  },

  async run({ ui, director, globals: { deployment } }, { recent, all }) {
    const found =
      recent === undefined
        ? await director.tasks.list({ states: ['processing', 'cancelling', 'queued'], all: true, deployment })
        : await director.tasks.list({ limit: recent, all, deployment });
    ui.table({
      content: 'tasks',
      header: ['ID', 'State', 'Started At', 'Finished At', 'User', 'Deployment', 'Description', 'Result'],
      rows: found.toSorted((a, b) => b.id - a.id).map(row),
    });
  },
});

function row(task: Task): readonly Cell[] {
  return [
    String(task.id),
    { text: task.state, tone: failedStates.includes(task.state) ? 'bad' : 'good' },
    formatTime(task.started_at),
    formatTime(task.timestamp) || '-',
    task.user,
    task.deployment ?? '',
    task.description,
    task.result ?? '',
  ];
}
