import { Agent } from 'node:https';
import { type Clock, ExpectedError, errnoOf, messageOf, retry, systemClock } from '@boti/core';
import type { z } from 'zod';
import type { DirectorAuth } from './auth.ts';
import { DirectorReplyError, DirectorReplyInvalid, DirectorRequestFailed, DirectorUnreachable } from './errors.ts';
import { exchange, type HttpBody, type HttpMethod, type HttpReply, readBody } from './http-exchange.ts';

export interface DirectorSettings {
  /** `https://host:port`; only host and port are used. */
  readonly url: string;
  /** PEM of the CA that signed the Director's certificate; the system's roots when absent. */
  readonly caCert?: string | undefined;
  readonly auth: DirectorAuth;
  /** Sent as `X-Bosh-Context-Id`, which the Director keeps with the tasks it starts. */
  readonly contextId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

export interface DirectorRequest {
  readonly method: HttpMethod;
  /** With query, beginning with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody | undefined;
  /** Statuses besides 2xx that the caller wants to see. */
  readonly accept?: readonly number[];
}

const tries = 5;
const retryDelayMs = 500;
const maxRedirects = 10;

/** Requests to one Director: credentials, retries, redirects. */
export class DirectorSession {
  readonly #settings: DirectorSettings;
  readonly #origin: URL;
  readonly #agent: Agent;
  readonly #clock: Clock;

  constructor(settings: DirectorSettings) {
    this.#settings = settings;
    this.#origin = new URL(settings.url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: 8, ...(settings.caCert ? { ca: settings.caCert } : {}) });
    this.#clock = settings.clock ?? systemClock;
  }

  get clock(): Clock {
    return this.#clock;
  }

  get signal(): AbortSignal | undefined {
    return this.#settings.signal;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Follows redirects as upstream's CLI does: as GET, at the configured host and port, whatever the Location says. */
  async send(request: DirectorRequest): Promise<HttpReply> {
    let reply = await this.#authorised(request);
    for (let hops = 0; isRedirect(reply.status); hops += 1) {
      if (hops === maxRedirects)
        throw new DirectorReplyInvalid(`The Director redirects more than ${maxRedirects} times`);
      reply.body.resume();
      const location = new URL(reply.headers.location ?? '/', this.#origin);
      reply = await this.#authorised({ method: 'GET', path: location.pathname + location.search });
    }
    if (isSuccess(reply.status) || request.accept?.includes(reply.status)) return reply;
    throw new DirectorReplyError(reply.status, (await readBody(reply)).toString());
  }

  /** Sends a request and reads the whole reply as text. `doing` names the step in the error. */
  async text(doing: string, request: DirectorRequest): Promise<string> {
    return await during(doing, async () => (await readBody(await this.send(request))).toString());
  }

  /** Sends a request and parses the reply. */
  async json<T>(doing: string, request: DirectorRequest, schema: z.ZodType<T>): Promise<T> {
    return await during(doing, async () => {
      const body = (await readBody(await this.send(request))).toString();
      return parseReply(body, schema, request);
    });
  }

  async #authorised(request: DirectorRequest): Promise<HttpReply> {
    const reply = await this.#attempt(request, false);
    if (reply.status !== 401 || request.path === '/info') return reply;
    reply.body.resume();
    return await this.#attempt(request, true);
  }

  async #attempt(request: DirectorRequest, renew: boolean): Promise<HttpReply> {
    const authorization = await this.#settings.auth.authorization(renew);
    const headers = {
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(this.#settings.contextId === undefined ? {} : { 'X-Bosh-Context-Id': this.#settings.contextId }),
      ...request.headers,
    };
    const url = this.#url(request.path);
    const { method, body } = request;
    const { signal } = this.#settings;
    const isRetriable = (error: unknown): boolean => mayRetry(method, error);
    try {
      return await retry(
        { attempts: tries, delayMs: retryDelayMs, clock: this.#clock, isRetriable, ...(signal ? { signal } : {}) },
        async () => await retriable(exchange({ method, url, headers, body, agent: this.#agent, signal }), method),
      );
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof ExpectedError) throw cause;
      throw unreachable(`Performing request ${method} '${url.href}'`, cause);
    }
  }

  #url(path: string): URL {
    if (!path.startsWith('/')) throw new ExpectedError(`Path '${path}' must begin with a slash`);
    const url = new URL(this.#origin.origin);
    const [pathname = '/', query] = path.split(/\?(.*)/s, 2);
    url.pathname = pathname;
    url.search = query ?? '';
    return url;
  }
}

/** Runs `work`; its failure is told as `<doing>: <reason>`. */
export async function during<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof ExpectedError)) throw cause;
    throw new DirectorRequestFailed(doing, { cause, ...(cause.hint === undefined ? {} : { hint: cause.hint }) });
  }
}

function parseReply<T>(body: string, schema: z.ZodType<T>, request: DirectorRequest): T {
  const parsed = schema.safeParse(parseJson(body, request));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new DirectorReplyInvalid(
    `The reply to ${request.method} '${request.path}' is not as expected: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}

function parseJson(body: string, { method, path }: DirectorRequest): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new DirectorReplyInvalid(`The reply to ${method} '${path}' is not JSON: ${messageOf(cause)}`, { cause });
  }
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;
const isRedirect = (status: number): boolean => status === 302 || status === 303;

const dialErrors = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);
const networkErrors = new Set([...dialErrors, 'ECONNRESET', 'EPIPE']);

/** Whatever may have reached the Director is repeated only if repeating it changes nothing. */
function mayRetry(method: HttpMethod, error: unknown): boolean {
  if (error instanceof DirectorReplyError) return true;
  const code = errnoOf(error) ?? '';
  return method === 'GET' || method === 'HEAD' ? networkErrors.has(code) : dialErrors.has(code);
}

async function retriable(sent: Promise<HttpReply>, method: HttpMethod): Promise<HttpReply> {
  const reply = await sent;
  if (method !== 'GET' || reply.status < 502 || reply.status > 504) return reply;
  throw new DirectorReplyError(reply.status, (await readBody(reply)).toString());
}

function unreachable(doing: string, cause: unknown): DirectorUnreachable {
  if (/CERT|SIGN|ISSUER|ALTNAME|VERIFY/.test(errnoOf(cause) ?? '')) {
    const reason = messageOf(cause).replace(/;.*$/s, '');
    return new DirectorUnreachable(doing, {
      cause: new ExpectedError(`The certificate is not trusted: ${reason}`, { cause }),
      hint: 'Name the CA that signed it with --ca-cert, and the host that it is made for.',
    });
  }
  return new DirectorUnreachable(doing, { cause, hint: 'Check the address, and that the Director is running there.' });
}
