import type { Event } from '@boti/director-api';
import { text } from '../arguments/option-spec.ts';
import { directorCommand } from '../command.ts';
import { formatTime, formatYaml } from '../ui/formats.ts';

export const eventColumns = [
  'ID',
  'Time',
  'User',
  'Action',
  'Object Type',
  'Object Name',
  'Task ID',
  'Deployment',
  'Instance',
  'Context',
  'Error',
];

export const events = directorCommand({
  name: 'events',
  summary: 'List what happened, newest first',
  options: {
    beforeId: text('Only events with a smaller ID'),
    before: text('Only events before this time', { placeholder: 'TIME' }),
    after: text('Only events after this time', { placeholder: 'TIME' }),
    task: text('Only events of this task', { placeholder: 'ID' }),
    instance: text('Only events of this instance', { placeholder: 'GROUP/UUID' }),
    eventUser: text('Only events of this user'),
    action: text('Only events of this action'),
    objectType: text('Only events about objects of this type'),
    objectName: text('Only events about this object'),
  },

  async run({ ui, director, globals: { deployment } }, options) {
    const found = await director.events({
      before_id: options.beforeId,
      before_time: options.before,
      after_time: options.after,
      task: options.task,
      deployment,
      instance: options.instance,
      user: options.eventUser,
      action: options.action,
      object_type: options.objectType,
      object_name: options.objectName,
    });
    ui.table({ content: 'events', header: eventColumns, rows: found.map(eventRow) });
  },
});

export function eventRow(event: Event): readonly string[] {
  return [
    event.parent_id === undefined ? event.id : `${event.id} <- ${event.parent_id}`,
    formatTime(event.timestamp),
    event.user ?? '',
    event.action ?? '',
    event.object_type ?? '',
    event.object_name ?? '',
    event.task ?? '',
    event.deployment ?? '',
    event.instance ?? '',
    formatYaml(event.context),
    event.error ?? '',
  ];
}
