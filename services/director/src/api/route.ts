import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { StoredTask } from '../tasks/task-store.ts';
import type { Query } from './query.ts';
import type { Right } from './rights.ts';
import type { User } from './user.ts';

/** What a body may be. A request with another Content-Type does not match the route: 404, as upstream answers. */
export type Media = 'json' | 'yaml' | 'tarball' | 'multipart';

/** One endpoint: who may call it, what it takes, what it does. routes/<resource>.ts list them. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/deployments/:deployment/vms` */
  readonly path: string;
  readonly summary: string;
  readonly right: Right;
  readonly media?: readonly Media[];
  /** For GET /openapi.json only: what the handler parses and answers. */
  readonly body?: z.ZodType;
  readonly reply?: z.ZodType | 'task' | 'text';
  handle(request: ApiRequest): Promise<Reply>;
}

export interface ApiRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly user: User;
  readonly media: Media | undefined;
  /** X-Bosh-Context-Id, stored with the tasks that the request starts. */
  readonly contextId: string;
  header(name: string): string | undefined;
  /** The whole body; too large a one is refused. */
  text(): Promise<string>;
  /** The body as JSON of this shape. */
  json<T>(schema: z.ZodType<T>): Promise<T>;
  /** Streams the body, or the file within a multipart body, to a file of the Director's. */
  upload(): Promise<{ readonly path: string }>;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  /** A path to which the client is sent. */
  readonly redirect?: string;
}

export function json(value: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export function text(body: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'text/html;charset=utf-8' }, body };
}

export function empty(status: number): Reply {
  return { status };
}

/** Sends the client to the task that does what it asked for. */
export function toTask(task: Pick<StoredTask, 'id'>): Reply {
  return { status: 302, redirect: `/tasks/${task.id}` };
}
