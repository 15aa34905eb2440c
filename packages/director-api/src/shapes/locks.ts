import { z } from 'zod';

/** One element of `GET /locks`. `timeout` is epoch seconds with six decimals, as text. */
export const lockSchema = z.object({
  type: z.string(),
  resource: z.array(z.string()),
  timeout: z.string(),
  task_id: z.string().nullish(),
});

/** `GET /resurrection` */
export const resurrectionSchema = z.object({ resurrection: z.boolean() });

/** `PUT /resurrection`: the sense is inverted. */
export const resurrectionRequestSchema = z.object({ resurrection_paused: z.boolean() });

export type Lock = z.infer<typeof lockSchema>;
export type Resurrection = z.infer<typeof resurrectionSchema>;
export type ResurrectionRequest = z.infer<typeof resurrectionRequestSchema>;
