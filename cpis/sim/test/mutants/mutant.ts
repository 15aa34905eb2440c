import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CpiRequest, CpiResponse, LineServer } from '@boti/cpi-sdk';

/** A bug that an author of a CPI may make, planted into the CPI of the simulated cloud. One hook is usual. */
export interface Mutant {
  readonly name: string;
  /** The bug in one sentence. */
  readonly bug: string;
  /** Only agents on a message bus make it visible. */
  readonly needsBus?: boolean;
  /** Stands between the caller and the clean cloud. */
  readonly call?: (call: MutantCall) => Promise<CpiResponse>;
  /** Changes the keys of what is answered. */
  readonly response?: (response: CpiResponse) => object;
  /** Changes the text that is printed: a response and its line feed. */
  readonly print?: (line: string, about: { readonly method: string; readonly isServe: boolean }) => string;
  /** Reads the request of a process for one call. */
  readonly read?: (stdin: NodeJS.ReadStream) => Promise<string>;
  /** Mode `serve`. */
  readonly serve?: (server: LineServer) => Promise<void>;
  /** `ignored`: goes on. `deadly`: ends at once. Else the calls that run are aborted. */
  readonly sigterm?: 'ignored' | 'deadly';
  /** Before anything else. */
  readonly start?: () => void;
}

export interface MutantCall {
  readonly request: CpiRequest;
  readonly method: string;
  readonly args: readonly unknown[];
  /** 1 when the request has none. */
  readonly apiVersion: number;
  readonly signal: AbortSignal;
  readonly isServe: boolean;
  /** Folder for what the bug has to remember. */
  readonly dir: string;
  /** The clean answer to this request, with these changes. */
  next(
    changes?: Partial<Omit<CpiRequest, 'arguments'>> & { readonly arguments?: readonly unknown[] },
  ): Promise<CpiResponse>;
  /** The clean result of another call of version 3 in the same context; undefined when it fails. */
  ask(method: string, ...args: readonly unknown[]): Promise<unknown>;
}

/** A bug in some methods only. */
export function inMethods(
  methods: readonly string[],
  bug: (call: MutantCall) => Promise<CpiResponse>,
): (call: MutantCall) => Promise<CpiResponse> {
  return (call) => (methods.includes(call.method) ? bug(call) : call.next());
}

/** A bug in how successes of some methods are answered. */
export function inResults(
  methods: readonly string[],
  change: (result: unknown, call: MutantCall) => unknown,
): (call: MutantCall) => Promise<CpiResponse> {
  return inMethods(methods, async (call) => {
    const response = await call.next();
    return response.error === null ? { ...response, result: await change(response.result, call) } : response;
  });
}

/** A bug in how failures of some methods are answered; of all when there are none. */
export function inErrors(
  methods: readonly string[],
  change: (error: NonNullable<CpiResponse['error']>, call: MutantCall) => CpiResponse['error'],
): (call: MutantCall) => Promise<CpiResponse> {
  return async (call) => {
    const response = await call.next();
    if (response.error === null || (methods.length > 0 && !methods.includes(call.method))) return response;
    return { ...response, error: change(response.error, call) };
  };
}

export function ok(result: unknown): CpiResponse {
  return { result, error: null, log: '' };
}

export function failed(type: string, message: string, okToRetry = false): CpiResponse {
  const name = type === 'Unknown' ? type : `Bosh::Clouds::${type}`;
  return { result: null, error: { type: name, message, ok_to_retry: okToRetry }, log: '' };
}

/** What the bug remembers from call to call. */
export function memory<T>(dir: string, name: string, initial: T): { get(): T; set(value: T): void } {
  const path = join(dir, `${name}.json`);
  return {
    get: () => {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as T;
      } catch {
        return initial;
      }
    },
    set: (value) => {
      mkdirSync(dir, { recursive: true });
      writeFileSync(path, JSON.stringify(value));
    },
  };
}
