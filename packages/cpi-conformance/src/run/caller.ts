import type { Exchange, ShapeProblem } from '../target/exchange.ts';
import type { Launch } from '../target/launch.ts';
import { callProcess, type ProcessOutcome } from '../target/process-call.ts';
import { readResponse } from '../target/response-shape.ts';
import { type RequestId, ServeSession } from '../target/serve-session.ts';

export interface WireRequest {
  readonly method: string;
  readonly arguments: readonly unknown[];
  readonly context: Readonly<Record<string, unknown>>;
  readonly api_version?: number;
}

export interface CallOptions {
  /** Check that calls. */
  readonly owner: string;
  readonly rule: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly transport: 'process' | 'serve';
  /** Of process calls. */
  readonly chunks?: readonly (string | Buffer)[];
  readonly pauseMs?: number;
  readonly kill?: { readonly afterMs: number; readonly signal: 'SIGTERM' | 'SIGKILL' };
  readonly launch?: Partial<Launch>;
}

/** So many sessions that came to nothing, and calls are made one process each from then on. */
const maxLostSessions = 5;
const maxOverdueAnswers = 5;

/** Makes calls: one process each, or through one `serve` process that all share. */
export class Caller implements AsyncDisposable {
  readonly #launch: Launch;
  readonly #observe: (exchange: Exchange, owner: string) => void;
  #session: ServeSession | undefined;
  #stderr: string[] = [];
  #lostSessions = 0;
  #overdueAnswers = 0;
  #nextId = 1;

  constructor(launch: Launch, observe: (exchange: Exchange, owner: string) => void) {
    this.#launch = launch;
    this.#observe = observe;
  }

  get launch(): Launch {
    return this.#launch;
  }

  /** What the shared process has written to stderr. */
  get serveStderr(): string {
    return [...this.#stderr, this.#session?.stderr ?? ''].join('');
  }

  async call(request: WireRequest, options: CallOptions): Promise<Exchange> {
    const isServe = options.transport === 'serve' && this.#lostSessions < maxLostSessions;
    const exchange = isServe ? await this.#ask(request, options) : await this.#run(request, options);
    this.#observe(exchange, options.owner);
    return exchange;
  }

  /** Writes bytes that need not be a request into a process. */
  async raw(text: string | Buffer, options: Omit<CallOptions, 'transport'>): Promise<Exchange> {
    const outcome = await callProcess({ ...this.#launch, ...options.launch }, { chunks: [text], ...options });
    const shown = typeof text === 'string' ? text : text.toString('latin1');
    const exchange = processExchange(outcome, { rule: options.rule, method: '', request: shown });
    this.#observe(exchange, options.owner);
    return exchange;
  }

  /** Takes an exchange that a check made by itself on record. */
  observe(exchange: Exchange, owner: string): Exchange {
    this.#observe(exchange, owner);
    return exchange;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
  }

  async #run(request: WireRequest, options: CallOptions): Promise<Exchange> {
    const chunks = options.chunks ?? [`${JSON.stringify(request)}\n`];
    const outcome = await callProcess({ ...this.#launch, ...options.launch }, { ...options, chunks });
    return processExchange(outcome, { rule: options.rule, method: request.method, request });
  }

  async #ask(request: WireRequest, options: CallOptions): Promise<Exchange> {
    const session = this.#open();
    const id = this.#nextId;
    this.#nextId += 1;
    const before = session.stderr.length;
    const outcome = await session.ask(
      { id, ...request } as { readonly id: RequestId },
      options.deadlineMs,
      options.signal,
    );
    if (outcome.ending === 'deadline') this.#overdue(session, id);
    if (outcome.ending === 'lost' && session === this.#session) this.#drop();
    else if (outcome.ending === 'answered') this.#lostSessions = 0;
    const { answer, problems } = outcome.ending === 'answered' ? readResponse(outcome.line) : nothing;
    return {
      rule: options.rule,
      transport: 'serve',
      method: request.method,
      request,
      stdout: outcome.line,
      stderr: session.stderr.slice(before),
      ending: outcome.ending === 'deadline' && options.signal.aborted ? 'cancelled' : outcome.ending,
      durationMs: outcome.durationMs,
      answer,
      problems,
    };
  }

  /** Mode `serve` that answers nothing in time is not waited for again and again: its own rules tell of it. */
  #overdue(session: ServeSession, id: number): void {
    session.write(`${JSON.stringify({ cancel: id })}\n`);
    this.#overdueAnswers += 1;
    if (this.#overdueAnswers >= maxOverdueAnswers) this.#lostSessions = maxLostSessions;
  }

  #open(): ServeSession {
    if (this.#session?.hasEnded) this.#drop();
    this.#session ??= new ServeSession(this.#launch);
    return this.#session;
  }

  #drop(): void {
    this.#stderr.push(this.#session?.stderr ?? '');
    this.#session = undefined;
    this.#lostSessions += 1;
  }
}

const nothing = { answer: undefined, problems: [] };

export function processExchange(
  outcome: ProcessOutcome,
  what: { readonly rule: string; readonly method: string; readonly request: unknown },
): Exchange {
  const { ending, durationMs, stderr, exitCode } = outcome;
  const stdout = outcome.stdout.toString();
  const { answer, problems } = ending === 'answered' ? readResponse(stdout) : nothing;
  return {
    ...what,
    transport: 'process',
    stdout,
    stderr,
    exitCode,
    ending,
    durationMs,
    answer,
    problems: [...problems, ...extraProblems(outcome)],
  };
}

function extraProblems({ stdout, ending, isHeldOpen }: ProcessOutcome): readonly ShapeProblem[] {
  const isUtf8 = Buffer.compare(Buffer.from(stdout.toString()), stdout) === 0;
  return [
    ...(isUtf8 || ending !== 'answered' ? [] : [{ rule: 'P1.2', problem: 'stdout is not UTF-8' }]),
    ...(isHeldOpen
      ? [{ rule: 'P1.3', problem: 'the process ended, but another one that it started holds its stdout open' }]
      : []),
  ];
}
