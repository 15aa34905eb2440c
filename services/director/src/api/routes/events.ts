import { createEventRequestSchema, eventSchema } from '@boti/director-api';
import { z } from 'zod';
import { ValidationInvalidType } from '../../errors.ts';
import { findEvent, insertEvent, listEvents, type StoredEvent } from '../../events/event-store.ts';
import type { ApiDeps } from '../deps.ts';
import { type ApiRequest, empty, json, type Reply, type Route, text } from '../route.ts';
import { epochSeconds } from '../time-text.ts';

const pageSize = 200;

export function eventRoutes(deps: ApiDeps): readonly Route[] {
  const { database } = deps;
  return [
    {
      method: 'GET',
      path: '/events',
      summary: 'List what was done, newest first, at most 200',
      right: 'read_events',
      reply: z.array(eventSchema),
      handle: (request) => list(deps, request),
    },
    {
      method: 'GET',
      path: '/events/:id',
      summary: 'Show an event',
      right: 'admin',
      reply: eventSchema,
      handle: async ({ params }) => {
        const event = /^\d{1,15}$/.test(params.id ?? '') ? await findEvent(database, Number(params.id)) : undefined;
        return event === undefined ? text('Event not found', 404) : json(toWire(event));
      },
    },
    {
      method: 'POST',
      path: '/events',
      summary: 'Record an event from outside',
      right: 'admin',
      media: ['json'],
      body: createEventRequestSchema,
      handle: (request) => create(deps, request),
    },
  ];
}

async function list({ database }: ApiDeps, { query }: ApiRequest): Promise<Reply> {
  const before = parseTime(query.filled('before_time'));
  const after = parseTime(query.filled('after_time'));
  if (before === 'invalid' || after === 'invalid') {
    const name = before === 'invalid' ? 'before' : 'after';
    return text(`Invalid ${name} parameter: '${query.get(`${name}_time`)}'`, 400);
  }
  const events = await listEvents(database, {
    beforeId: query.filled('before_id') === undefined ? undefined : Number(query.get('before_id')),
    before,
    // BOSH: api/event_manager.rb: the second that is named does not belong to "after" it
    after: after === undefined ? undefined : new Date(after.getTime() + 1000),
    task: query.filled('task'),
    deployment: query.filled('deployment'),
    instance: query.filled('instance'),
    user: query.filled('user'),
    action: query.filled('action'),
    objectType: query.filled('object_type'),
    objectName: query.filled('object_name'),
    limit: pageSize,
  });
  return json(events.map(toWire));
}

async function create({ database }: ApiDeps, request: ApiRequest): Promise<Reply> {
  const event = await request.json(createEventRequestSchema);
  const timestamp = parseTime(event.timestamp === undefined ? undefined : String(event.timestamp));
  if (timestamp === 'invalid') throw new ValidationInvalidType(`Invalid timestamp '${event.timestamp}'`);
  await insertEvent(database, {
    user: request.user.name,
    action: event.action,
    objectType: event.object_type,
    objectName: event.object_name,
    deployment: event.deployment ?? null,
    instance: event.instance ?? null,
    error: event.error ?? null,
    context: event.context ?? {},
    ...(timestamp === undefined ? {} : { timestamp }),
  });
  return empty(200);
}

/** Epoch seconds, or any text that means a time. */
function parseTime(text: string | undefined): Date | 'invalid' | undefined {
  if (text === undefined) return undefined;
  const time = /^\d+$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  return Number.isNaN(time.getTime()) ? 'invalid' : time;
}

/** Fields without a value are left out. */
function toWire(event: StoredEvent): z.infer<typeof eventSchema> {
  const fields = {
    id: String(event.id),
    parent_id: event.parentId === null ? null : String(event.parentId),
    timestamp: epochSeconds(event.timestamp),
    user: event.user,
    action: event.action,
    object_type: event.objectType,
    object_name: event.objectName,
    error: event.error,
    task: event.taskId,
    deployment: event.deployment,
    instance: event.instance,
    context: event.context,
  };
  const present = Object.entries(fields).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(present) as z.infer<typeof eventSchema>;
}
