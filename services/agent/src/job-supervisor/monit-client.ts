import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { type Clock, ExpectedError, retry } from '@boti/core';
import { type MonitStatus, parseMonitStatus } from './parse-status.ts';

export interface MonitClientOptions {
  /** `http://127.0.0.1:2822` */
  readonly url: string;
  readonly credentialsFile: string;
  readonly clock?: Clock;
}

/** Too many attempts for a person, but the supervisor may be between two lives. */
const shortAttempts = 20;
const longAttempts = 300;
const delayMs = 1000;
const timeoutMs = 30_000;

/** Speaks monit's HTTP interface. Source: bosh-agent jobsupervisor/monit. */
export class MonitClient {
  readonly #options: MonitClientOptions;

  constructor(options: MonitClientOptions) {
    this.#options = options;
  }

  async status(attempts = shortAttempts): Promise<MonitStatus> {
    return parseMonitStatus((await this.#expect('GET', '/_status2?format=xml', { attempts })).body);
  }

  async act(service: string, action: 'start' | 'stop' | 'unmonitor'): Promise<void> {
    const attempts = action === 'start' ? shortAttempts : longAttempts;
    await this.#expect('POST', `/${encodeURIComponent(service)}`, { body: `action=${action}`, attempts });
  }

  /** Asks our own supervisor to read its files again; undefined when it is another monit that cannot do this. */
  async reload(): Promise<'reloaded' | undefined> {
    const { status, body } = await this.#ask('POST', '/_runtime', 'action=reload');
    if (status === 200) return 'reloaded';
    if (status !== 422) return undefined;
    throw new ExpectedError(`The monit files are wrong: ${body.trim()}`, { hint: "Correct the job's monit file." });
  }

  async #expect(
    method: string,
    path: string,
    { body = '', attempts }: { readonly body?: string; readonly attempts: number },
  ): Promise<{ readonly status: number; readonly body: string }> {
    const clock = this.#options.clock === undefined ? {} : { clock: this.#options.clock };
    return retry({ attempts, delayMs, isRetriable: () => true, ...clock }, async () => {
      const answer = await this.#ask(method, path, body);
      if (answer.status === 200) return answer;
      throw new ExpectedError(
        `The job supervisor answered ${answer.status} to ${method} ${path}: ${answer.body.trim()}`,
      );
    });
  }

  async #ask(method: string, path: string, body = ''): Promise<{ readonly status: number; readonly body: string }> {
    const auth = (await readFile(this.#options.credentialsFile, 'utf8')).trim();
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
    const sent = request(new URL(path, this.#options.url), { method, auth, headers, timeout: timeoutMs });
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('latin1') }),
      );
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', (cause) =>
      reject(new ExpectedError(`The job supervisor does not answer: ${cause.message}`, { cause })),
    );
    sent.end(body);
    return promise;
  }
}
