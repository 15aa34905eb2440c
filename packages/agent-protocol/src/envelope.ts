import { z } from 'zod';

/** The protocol version the Director speaks: `stop` waits for the services, `list_disk` is asynchronous. */
export const directorProtocol = 3;

/** Largest reply an agent may send over NATS, in bytes. */
export const maxNatsReplyBytes = 1024 * 1024;

/** A request to an agent. Key case is folded: older HTTPS clients send `Method`, `Arguments`, `ReplyTo`. */
export const agentRequestSchema = z.preprocess(
  foldKeys,
  z.object({
    method: z.string(),
    arguments: z
      .array(z.unknown())
      .nullish()
      .transform((args) => args ?? []),
    reply_to: z
      .string()
      .nullish()
      .transform((subject) => subject ?? ''),
    protocol: z
      .number()
      .int()
      .nullish()
      .transform((version) => version ?? 0),
  }),
);
export interface AgentRequest {
  readonly method: string;
  readonly arguments: readonly unknown[];
  readonly reply_to: string;
  readonly protocol: number;
}

export const agentReplySchema = z.union([
  z.looseObject({ exception: z.looseObject({ message: z.string(), blobstore_id: z.string().optional() }) }),
  z.looseObject({ value: z.unknown() }),
]);
export type AgentReply = { readonly value: unknown } | { readonly exception: { readonly message: string } };

/** First value of an asynchronous action; `get_task` repeats it until the final value comes, bare. */
export const runningTaskSchema = z.object({ agent_task_id: z.string(), state: z.literal('running') });
export interface RunningTask {
  readonly agent_task_id: string;
  readonly state: 'running';
}

function foldKeys(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const names: Record<string, string> = { replyto: 'reply_to' };
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [names[key.toLowerCase()] ?? key.toLowerCase(), value]),
  );
}
