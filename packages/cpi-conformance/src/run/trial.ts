import { randomInt, randomUUID } from 'node:crypto';
import type { ConformanceConfig } from '../config/conformance-config.ts';
import type { Extension, Rule, Version } from '../rule.ts';
import { methods } from '../spec/methods.ts';
import type { Answer, Exchange } from '../target/exchange.ts';
import { type ErrorType, shortType } from '../target/response-shape.ts';
import { ServeSession } from '../target/serve-session.ts';
import type { CallOptions, WireRequest } from './caller.ts';
import { Fixtures } from './fixtures.ts';
import type { Kind } from './ledger.ts';
import { type Listing, readListing } from './listing.ts';
import { type CpiFacts, deadlineMs, type Run } from './run.ts';
import { Blocked, NotApplicable, RuleBroken } from './verdicts.ts';

export interface TrialCall
  extends Partial<Pick<CallOptions, 'transport' | 'chunks' | 'pauseMs' | 'kill' | 'deadlineMs' | 'launch'>> {
  /** null: the key is left out. Default: the rule's version. */
  readonly version?: number | null;
  /** Over the usual context. A key that is undefined is left out. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** An error as it was answered, its type without prefix. */
export interface Refusal {
  readonly type: string;
  readonly message: string;
  readonly exchange: Exchange;
}

/** One check of one rule: makes calls, keeps what was said, and makes what the check needs. */
export class Trial {
  readonly rule: Rule;
  readonly run: Run;
  /** Name of this check; what it makes is removed after it. */
  readonly owner: string;
  readonly signal: AbortSignal;
  readonly exchanges: Exchange[] = [];
  readonly make: Fixtures;
  /** Contract version of its calls. */
  readonly version: Version;

  constructor(rule: Rule, run: Run, owner: string) {
    this.rule = rule;
    this.run = run;
    this.owner = owner;
    this.signal = run.signal;
    this.version = run.facts.versions.filter((version) => rule.versions.includes(version)).at(-1) ?? 1;
    this.make = new Fixtures(this);
  }

  get config(): ConformanceConfig {
    return this.run.config;
  }

  get facts(): CpiFacts {
    return this.run.facts;
  }

  has(extension: Extension): boolean {
    return this.facts.extensions.has(extension);
  }

  implements(method: string): boolean {
    return this.facts.methods.has(method);
  }

  /** Makes a call and wants no more than a response. */
  async call(method: string, args: readonly unknown[], options: TrialCall = {}): Promise<Exchange> {
    const exchange = await this.attempt(method, args, options);
    if (exchange.ending === 'answered' && exchange.answer !== undefined) return exchange;
    if (exchange.ending === 'cancelled' || this.signal.aborted) throw new Blocked('The run was interrupted', exchange);
    throw new RuleBroken({ expected: `a response to '${method}'`, got: whatCame(exchange), exchange });
  }

  /** Makes a call of which nothing is expected. */
  async attempt(method: string, args: readonly unknown[], options: TrialCall = {}): Promise<Exchange> {
    return this.#keep(await this.run.caller.call(this.request(method, args, options), this.#options(method, options)));
  }

  /** Writes bytes into a process of its own. */
  async raw(text: string | Buffer, options: TrialCall = {}): Promise<Exchange> {
    return this.#keep(await this.run.caller.raw(text, this.#options('', options)));
  }

  /** The result of a call that must work. */
  async succeeds(method: string, args: readonly unknown[], options: TrialCall = {}): Promise<unknown> {
    const exchange = await this.call(method, args, options);
    const { error, result } = exchange.answer as Answer;
    if (error === null) return result;
    this.#refuseUnimplemented(method, exchange);
    throw new RuleBroken({ expected: `'${method}' to succeed`, got: `${error.type}: ${error.message}`, exchange });
  }

  /** The error of a call that must fail; of one of these types, if any are given. */
  async refuses(
    method: string,
    args: readonly unknown[],
    { types, ...options }: TrialCall & { readonly types?: readonly ErrorType[] } = {},
  ): Promise<Refusal> {
    const exchange = await this.call(method, args, options);
    const { error, result } = exchange.answer as Answer;
    const wanted = types === undefined ? 'an error' : types.map((type) => `Bosh::Clouds::${type}`).join(' or ');
    if (error === null) {
      throw new RuleBroken({
        expected: `${wanted} from '${method}'`,
        got: `success: ${JSON.stringify(result)}`,
        exchange,
      });
    }
    this.#refuseUnimplemented(method, exchange);
    const type = shortType(error.type);
    if (types !== undefined && !(types as readonly string[]).includes(type)) {
      throw new RuleBroken({ expected: wanted, got: `${error.type}: ${error.message}`, exchange });
    }
    return { type, message: error.message, exchange };
  }

  /** The call succeeds, or says that the thing is not there. */
  async succeedsOrIsGone(method: string, args: readonly unknown[], gone: readonly ErrorType[]): Promise<void> {
    const exchange = await this.call(method, args);
    const { error } = exchange.answer as Answer;
    if (error === null || (gone as readonly string[]).includes(shortType(error.type))) return;
    this.#refuseUnimplemented(method, exchange);
    throw new RuleBroken({
      expected: `success, or ${gone.map((type) => `Bosh::Clouds::${type}`).join(' or ')}`,
      got: `${error.type}: ${error.message}`,
      exchange,
    });
  }

  /** Fails the rule unless `holds`. The last call is shown. */
  expect(holds: boolean, expected: string, got: string, exchange = this.exchanges.at(-1)): void {
    if (!holds) throw new RuleBroken({ expected, got, exchange });
  }

  same(got: unknown, expected: unknown, what: string): void {
    const [a, b] = [canonical(got), canonical(expected)];
    this.expect(a === b, `${what} to be ${b}`, a);
  }

  notApplicable(why: string): never {
    throw new NotApplicable(why);
  }

  async exists(kind: 'vm' | 'disk', cid: string): Promise<boolean> {
    const there = await this.succeeds(kind === 'vm' ? 'has_vm' : 'has_disk', [cid]);
    this.expect(typeof there === 'boolean', 'true or false', JSON.stringify(there));
    return there === true;
  }

  async expectThere(kind: 'vm' | 'disk', cid: string, why: string): Promise<void> {
    this.expect(await this.exists(kind, cid), `${kind} '${cid}' to be there ${why}`, 'it is not');
  }

  async expectGone(kind: 'vm' | 'disk', cid: string, why: string): Promise<void> {
    this.expect(!(await this.exists(kind, cid)), `${kind} '${cid}' to be gone ${why}`, 'it is there');
  }

  /** What exists on the cloud; for CPIs with the extension `list`. */
  async listed(): Promise<Listing> {
    return readListing(await this.succeeds('list', []));
  }

  /** The cids of this kind that are there now and were not before. Without `list`: none that could be told. */
  async newSince(before: Listing, kind: Exclude<Kind, 'network'>): Promise<readonly string[]> {
    const known = new Set(before[`${kind}s`]);
    return (await this.listed())[`${kind}s`].filter((cid) => !known.has(cid));
  }

  /** An id as the cloud might have given it, of a thing that never was. */
  unknown(kind: Kind): string {
    return `${kind}-${randomUUID()}`;
  }

  agentId(): string {
    return randomUUID();
  }

  /** A `serve` process of this check's own. */
  serve(): ServeSession {
    return new ServeSession(this.run.caller.launch);
  }

  /** Options of a call that takes some time, where the configuration knows how to make it slow. */
  slowly(): Pick<TrialCall, 'context'> {
    const { slow_cloud: slow } = this.config;
    return slow === undefined ? {} : { context: slow.context };
  }

  /** How long such a call takes; a guess where nothing is known. */
  get slowMs(): number {
    return this.config.slow_cloud?.ms ?? 100;
  }

  /** The request that `call` would send. */
  request(
    method: string,
    args: readonly unknown[],
    { version = this.version, context = {} }: TrialCall = {},
  ): WireRequest {
    const all: Record<string, unknown> = { ...this.context(method, args), ...context };
    for (const key of Object.keys(all)) if (all[key] === undefined) delete all[key];
    const isFirstInfo = method === 'info' && version === this.version;
    return {
      method,
      arguments: args,
      context: all,
      ...(version !== null && !isFirstInfo && { api_version: version }),
    };
  }

  context(method: string, args: readonly unknown[]): Record<string, unknown> {
    const makes = method.startsWith('create_') || method === 'snapshot_disk';
    const creationId = method === 'create_vm' ? String(args[0]) : randomUUID();
    return {
      ...this.config.executable.context,
      director_uuid: this.run.directorUuid,
      request_id: `cpi-${randomInt(100_000, 1_000_000)}`,
      ...(/_vm$|_disk$|_vm_/.test(method) && { vm: { stemcell: { api_version: this.config.stemcell.api_version } } }),
      ...(makes && this.has('journal') && creationId !== '' && { boti_creation: creationId }),
    };
  }

  #options(method: string, { transport = this.run.transport, ...options }: TrialCall): CallOptions {
    const { version: _version, context: _context, ...rest } = options;
    return {
      owner: this.owner,
      rule: this.rule.id,
      deadlineMs: deadlineMs(this.config, method),
      signal: this.signal,
      transport,
      ...rest,
    };
  }

  #keep(exchange: Exchange): Exchange {
    this.exchanges.push(exchange);
    return exchange;
  }

  #refuseUnimplemented(method: string, { answer }: Exchange): void {
    const isOptional = methods.some(({ name, isRequired }) => name === method && !isRequired);
    if (isOptional && shortType(answer?.error?.type ?? '') === 'NotImplemented') {
      throw new NotApplicable(`the CPI does not implement '${method}'`);
    }
  }
}

/** What came in place of a response, in words. */
export function whatCame({ ending, stdout, exitCode, durationMs, stderr }: Exchange): string {
  if (ending === 'deadline') return `no response in ${Math.round(durationMs / 1000)} s`;
  if (ending === 'lost') return 'the process in serve mode ended before it answered';
  if (ending === 'failed') return `the executable cannot be run: ${stderr.trim()}`;
  const code = exitCode === undefined || exitCode === null ? '' : ` (exit code ${exitCode})`;
  return stdout.trim() === '' ? `nothing on stdout${code}` : `no JSON object on stdout${code}`;
}

/** JSON with sorted keys, so that equal values have equal texts. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, one: unknown) =>
      typeof one === 'object' && one !== null && !Array.isArray(one)
        ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
        : one,
    ) ?? 'nothing'
  );
}
