import { Agent } from 'node:https';
import { ExpectedError, messageOf } from '@boti/core';
import { exchange, readBody } from '@boti/director-api';
import { z } from 'zod';

export interface UaaSettings {
  readonly url: string;
  /** PEM; the system's roots when absent. */
  readonly caCert: string | undefined;
  readonly client: string;
  readonly clientSecret: string;
  readonly signal: AbortSignal;
}

/** What UAA wants to know of a user: `{ key: 'password', type: 'password', label: 'Password' }`. */
export interface UaaPrompt {
  readonly key: string;
  readonly type: string;
  readonly label: string;
}

export interface UaaToken {
  readonly type: string;
  readonly value: string;
  readonly refresh: string | undefined;
}

/** UAA answered, but not with success. */
export class UaaRefused extends ExpectedError {}

const promptsSchema = z.object({ prompts: z.record(z.string(), z.tuple([z.string(), z.string()]).rest(z.string())) });
const tokenSchema = z.object({
  token_type: z.string(),
  access_token: z.string(),
  refresh_token: z.string().optional(),
});

/** The part of UAA's API that a Director's client needs. */
export class UaaClient {
  readonly #settings: UaaSettings;
  readonly #agent: Agent;

  constructor(settings: UaaSettings) {
    this.#settings = settings;
    this.#agent = new Agent({ keepAlive: true, ...(settings.caCert === undefined ? {} : { ca: settings.caCert }) });
  }

  async prompts(): Promise<readonly UaaPrompt[]> {
    const { prompts } = await this.#request('Requesting UAA prompts', '/login', promptsSchema);
    const all = Object.entries(prompts).map(([key, [type, label]]) => ({ key, type, label }));
    // Secrets are asked for last.
    return all.sort((a, b) => Number(a.type === 'password') - Number(b.type === 'password'));
  }

  clientToken(): Promise<UaaToken> {
    return this.#token('client credentials', { grant_type: 'client_credentials' });
  }

  userToken(answers: Readonly<Record<string, string>>): Promise<UaaToken> {
    return this.#token('password', { grant_type: 'password', ...answers });
  }

  refreshToken(refresh: string): Promise<UaaToken> {
    return this.#token('refresh', { grant_type: 'refresh_token', refresh_token: refresh });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #token(grant: string, fields: Readonly<Record<string, string>>): Promise<UaaToken> {
    const form = new URLSearchParams(fields);
    form.sort();
    const doing = `Requesting token via ${grant} grant`;
    const reply = await this.#request(doing, '/oauth/token', tokenSchema, form.toString());
    return { type: reply.token_type, value: reply.access_token, refresh: reply.refresh_token };
  }

  async #request<T>(doing: string, path: string, schema: z.ZodType<T>, form?: string): Promise<T> {
    const { url, client, clientSecret, signal } = this.#settings;
    const headers = {
      Accept: 'application/json',
      Authorization: `Basic ${Buffer.from(`${client}:${clientSecret}`).toString('base64')}`,
      ...(form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
    };
    const target = new URL(`${url.replace(/\/$/, '')}${path}`);
    const method = form === undefined ? 'GET' : 'POST';
    try {
      const reply = await exchange({ method, url: target, headers, body: form, agent: this.#agent, signal });
      const text = (await readBody(reply)).toString();
      if (reply.status >= 200 && reply.status < 300) return schema.parse(JSON.parse(text));
      throw new UaaRefused(`UAA responded with non-successful status code '${reply.status}' response '${text}'`);
    } catch (cause) {
      signal.throwIfAborted();
      throw new ExpectedError(doing, { cause: cause instanceof ExpectedError ? cause : unreachable(target, cause) });
    }
  }
}

function unreachable(url: URL, cause: unknown): ExpectedError {
  const hint = "The Director names this UAA; check that it runs, and that --ca-cert holds its certificate's CA.";
  return new ExpectedError(`No usable answer from UAA at '${url.origin}': ${messageOf(cause)}`, { cause, hint });
}
