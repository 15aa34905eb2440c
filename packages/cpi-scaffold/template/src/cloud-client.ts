import { CloudError } from '@boti/cpi-sdk';
import { z } from 'zod';
import type { Config } from './config.ts';

const labelsSchema = z.record(z.string(), z.string());
const thing = { id: z.string(), labels: labelsSchema };
export const schemas = {
  image: z.object(thing),
  server: z.object({
    ...thing,
    state: z.enum(['starting', 'running', 'failed']),
    fault: z.string().optional(),
    volumes: z.array(z.string()),
  }),
  volume: z.object({ ...thing, sizeMib: z.number(), server: z.string().optional() }),
  snapshot: z.object(thing),
  attachment: z.object({ device: z.string() }),
};
export type Labels = z.infer<typeof labelsSchema>;
export type Server = z.infer<typeof schemas.server>;

/** An answer of the cloud that says no. */
export class CloudRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The cloud's REST API. Use the client library of your cloud instead, when it has one. */
export class CloudClient {
  readonly #config: Config;
  readonly #signal: AbortSignal;

  constructor(config: Config, signal: AbortSignal) {
    this.#config = config;
    this.#signal = signal;
  }

  /** `body` is sent as JSON; a Blob as it is. Throws CloudRefusal, or a CloudError when the cloud cannot be reached. */
  async request<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const response = await this.#fetch(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new CloudRefusal(response.status, `${method} ${path}: ${response.status} ${text}`);
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }

  /** The one thing at this path, or undefined when the cloud has none. */
  async find<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    return await this.request('GET', path, schema).catch(ifMissing(undefined));
  }

  /** All things of a kind, or those with these labels. */
  async list<T>(kind: string, schema: z.ZodType<T>, labels: Labels = {}): Promise<readonly T[]> {
    return await this.request('GET', `/${kind}?${new URLSearchParams(labels)}`, z.array(schema));
  }

  /** Gone already is success. */
  async remove(path: string): Promise<void> {
    await this.request('DELETE', path, z.unknown()).catch(ifMissing(undefined));
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    const { url, token } = this.#config;
    const isBlob = body instanceof Blob;
    try {
      return await fetch(new URL(path, url), {
        method,
        signal: this.#signal,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': isBlob ? 'application/octet-stream' : 'application/json' }),
        },
        ...(body !== undefined && { body: isBlob ? body : JSON.stringify(body) }),
      });
    } catch (cause) {
      this.#signal.throwIfAborted();
      throw new CloudError('CloudError', `The cloud does not answer at ${url}`, { cause, hint: "Check 'url'." });
    }
  }
}

/** For `catch`: the value when the cloud says that there is no such thing. */
export function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof CloudRefusal && error.status === 404) return value;
    throw error;
  };
}

/** Ids come from the Director; they must not lead elsewhere. */
export const pathOf = (kind: string, ...ids: readonly string[]): string =>
  [`/${kind}`, ...ids.map(encodeURIComponent)].join('/');
