import { z } from 'zod';

export const progressStates = ['started', 'in_progress', 'finished', 'failed'] as const;

/** A line of a task's event log that tells how far one task of a stage is. */
export const progressEventSchema = z.object({
  time: z.number(),
  stage: z.string(),
  tags: z.array(z.string()),
  total: z.number().nullable(),
  task: z.string(),
  index: z.number(),
  state: z.enum(progressStates),
  progress: z.number(),
  data: z.object({ status: z.string().optional(), error: z.string().optional() }).optional(),
});

/** A line that warns, or tells of a deprecation. */
export const noticeEventSchema = z.object({
  time: z.number(),
  type: z.enum(['deprecation', 'warning']),
  message: z.string(),
});

/** The last line of a task that failed. */
export const errorEventSchema = z.object({
  time: z.number(),
  /** `hint`, boti's own, says how to mend it. */
  error: z.object({ code: z.number(), message: z.string(), hint: z.string().optional() }),
});

export const taskEventSchema = z.union([errorEventSchema, noticeEventSchema, progressEventSchema]);

export type ProgressEvent = z.infer<typeof progressEventSchema>;
export type NoticeEvent = z.infer<typeof noticeEventSchema>;
export type ErrorEvent = z.infer<typeof errorEventSchema>;
export type TaskEvent = z.infer<typeof taskEventSchema>;
