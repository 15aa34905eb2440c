import { z } from 'zod';

/** Body of every known error: the Director's number and what happened. */
export const errorReplySchema = z.object({ code: z.number(), description: z.string() });
export type ErrorReply = z.infer<typeof errorReplySchema>;
