import { ExpectedError } from '@boti/core';
import { errorReplySchema } from '../shapes/error-reply.ts';

/** The Director answered, but not with success. `code` is its own number (30005, …) when the body holds one. */
export class DirectorReplyError extends ExpectedError {
  readonly status: number;
  readonly body: string;
  readonly code: number | undefined;
  readonly description: string | undefined;

  constructor(status: number, body: string) {
    super(`Director responded with non-successful status code '${status}' response '${body}'`, hintFor(status));
    const known = parseErrorReply(body);
    this.status = status;
    this.body = body;
    this.code = known?.code;
    this.description = known?.description;
  }
}

/** No answer at all: refused, reset, unknown host, wrong certificate. */
export class DirectorUnreachable extends ExpectedError {}

/** The Director's answer is not what the API promises. */
export class DirectorReplyInvalid extends ExpectedError {}

/** What was being done when something failed; the reason is the cause. */
export class DirectorRequestFailed extends ExpectedError {}

/** A task ended in another state than `done`. */
export class TaskFailed extends ExpectedError {
  readonly taskId: number;
  readonly state: string;
  readonly result: string | null;

  constructor(taskId: number, state: string, result: string | null) {
    super(`Expected task '${taskId}' to succeed but state is '${state}'`);
    this.taskId = taskId;
    this.state = state;
    this.result = result;
  }
}

/** The Director's reply in the chain of causes of `error`, if there is one. */
export function replyErrorIn(error: unknown): DirectorReplyError | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof DirectorReplyError) return current;
  }
  return undefined;
}

function parseErrorReply(body: string): { code: number; description: string } | undefined {
  try {
    return errorReplySchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function hintFor(status: number): { hint?: string } {
  if (status !== 401) return {};
  return { hint: "Log in first ('boti log-in'), or name a user with --client and --client-secret." };
}
