import { CloudError, type CloudErrorType } from '@boti/cpi-sdk';
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

interface Extra {
  /** Sent as JSON; a Blob as it is. */
  readonly body?: Blob | object;
  /** For the query. */
  readonly labels?: Labels;
}

/** An answer of the cloud that says no. Callers see a CloudError. */
export class CloudRefusal extends CloudError {
  readonly status: number;

  constructor(status: number, message: string) {
    super('CloudError', message);
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

  /** `path`: a kind and ids. Throws CloudRefusal, or a CloudError when the cloud cannot be reached. */
  async request<T>(method: string, path: readonly string[], schema: z.ZodType<T>, extra: Extra = {}): Promise<T> {
    const url = new URL(pathOf(path), this.#config.url);
    url.search = new URLSearchParams(extra.labels).toString();
    const response = await this.#fetch(method, url, extra.body);
    const text = await response.text();
    if (!response.ok) throw new CloudRefusal(response.status, `${method} ${url.pathname}: ${response.status} ${text}`);
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }

  /** The one thing at this path, or undefined when the cloud has none. */
  async find<T>(path: readonly string[], schema: z.ZodType<T>): Promise<T | undefined> {
    return await this.request('GET', path, schema).catch(ifMissing(undefined));
  }

  /** All things of a kind, or those with these labels. */
  async list<T>(kind: string, schema: z.ZodType<T>, labels: Labels = {}): Promise<readonly T[]> {
    return await this.request('GET', [kind], z.array(schema), { labels });
  }

  /** Gone already is success. */
  async remove(path: readonly string[]): Promise<void> {
    await this.request('DELETE', path, z.unknown()).catch(ifMissing(undefined));
  }

  async #fetch(method: string, url: URL, body: Extra['body']): Promise<Response> {
    const isBlob = body instanceof Blob;
    // A creation that the cloud has begun is not broken off: its id must be known, to be answered or undone.
    const signal = method === 'POST' && !isBlob ? AbortSignal.timeout(60_000) : this.#signal;
    const type = { 'content-type': isBlob ? 'application/octet-stream' : 'application/json' };
    try {
      return await fetch(url, {
        method,
        signal,
        headers: { authorization: `Bearer ${this.#config.token}`, ...(body !== undefined && type) },
        ...(body !== undefined && { body: isBlob ? body : JSON.stringify(body) }),
      });
    } catch (cause) {
      this.#signal.throwIfAborted();
      throw new CloudError('CloudError', `The cloud does not answer at ${url.origin}`, { cause, hint: "Check 'url'." });
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

/** For `catch`: the contract's error when the cloud says so. */
export function notFound(type: CloudErrorType, cid: string): (error: unknown) => never {
  return (error) => {
    ifMissing(undefined)(error);
    throw new CloudError(type, `'${cid}' does not exist`, { cause: error });
  };
}

/** Ids come from the Director, and must not lead elsewhere: the cloud has none with other characters. */
function pathOf(parts: readonly string[]): string {
  const wrong = parts.find((part) => !/^[A-Za-z0-9-]+$/.test(part));
  if (wrong !== undefined) throw new CloudRefusal(404, `'${wrong}' is no id of this cloud`);
  return `/${parts.join('/')}`;
}
