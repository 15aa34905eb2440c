import { z } from 'zod';

/** `GET /events/:id`. Fields without a value are left out; an empty context stays `{}`. */
export const eventSchema = z.object({
  id: z.string(),
  parent_id: z.string().optional(),
  timestamp: z.number(),
  user: z.string().optional(),
  action: z.string().optional(),
  object_type: z.string().optional(),
  object_name: z.string().optional(),
  error: z.string().optional(),
  task: z.string().optional(),
  deployment: z.string().optional(),
  instance: z.string().optional(),
  context: z.record(z.string(), z.unknown()).optional(),
});

/** `POST /events` */
export const createEventRequestSchema = z.object({
  action: z.string(),
  object_type: z.string(),
  object_name: z.string(),
  timestamp: z.union([z.string(), z.number()]).optional(),
  deployment: z.string().optional(),
  instance: z.string().optional(),
  error: z.string().optional(),
  context: z.record(z.string(), z.unknown()).optional(),
});

/** Query of `GET /events`. */
export const eventFilterKeys = [
  'before_id',
  'before_time',
  'after_time',
  'task',
  'deployment',
  'instance',
  'user',
  'action',
  'object_type',
  'object_name',
] as const;
export type EventFilter = { readonly [Key in (typeof eventFilterKeys)[number]]?: string | undefined };

export type Event = z.infer<typeof eventSchema>;
export type CreateEventRequest = z.infer<typeof createEventRequestSchema>;
