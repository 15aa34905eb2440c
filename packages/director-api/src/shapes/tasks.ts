import { z } from 'zod';

export const taskStates = ['queued', 'processing', 'cancelling', 'cancelled', 'done', 'error', 'timeout'] as const;
export type TaskState = (typeof taskStates)[number];

/** States in which a task may still do something. */
export const unfinishedTaskStates: readonly TaskState[] = ['queued', 'processing', 'cancelling'];

export const taskOutputTypes = ['event', 'result', 'debug', 'cpi'] as const;
export type TaskOutputType = (typeof taskOutputTypes)[number];

/** `GET /tasks/:id`. Times are epoch seconds; `timestamp` is null until the task has ended. */
export const taskSchema = z.object({
  id: z.number().int(),
  state: z.enum(taskStates),
  description: z.string(),
  timestamp: z.number().nullable(),
  started_at: z.number().nullish(),
  result: z.string().nullable(),
  user: z.string(),
  deployment: z.string().nullable(),
  context_id: z.string().nullish(),
});
export type Task = z.infer<typeof taskSchema>;

/** `POST /tasks/cancel` */
export const cancelTasksRequestSchema = z.object({
  states: z.array(z.string()).optional(),
  types: z.array(z.string()).optional(),
  deployment: z.string().optional(),
});
export type CancelTasksRequest = z.infer<typeof cancelTasksRequestSchema>;
