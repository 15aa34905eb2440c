import type { ConformanceConfig } from '../config/conformance-config.ts';
import type { Extension, Version } from '../rule.ts';
import type { Exchange } from '../target/exchange.ts';
import type { AddressPool } from './address-pool.ts';
import type { Caller } from './caller.ts';
import type { Image } from './image.ts';
import type { Ledger } from './ledger.ts';
import type { Listing } from './listing.ts';
import type { Secrets } from './secrets.ts';

/** What `info` and a first look at the methods told of the CPI. */
export interface CpiFacts {
  readonly info: Readonly<Record<string, unknown>>;
  /** Versions that it speaks, of those the kit knows. */
  readonly versions: readonly Version[];
  readonly extensions: ReadonlySet<Extension>;
  /** Methods that it did not answer with NotImplemented. */
  readonly methods: ReadonlySet<string>;
}

/** What all checks of a run share. */
export interface Run {
  readonly config: ConformanceConfig;
  /** Removed after the run. */
  readonly workDir: string;
  /** TMPDIR of all calls. */
  readonly tempDir: string;
  readonly directorUuid: string;
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly ledger: Ledger;
  readonly secrets: Secrets;
  readonly addresses: AddressPool;
  /** Every call of the run. */
  readonly trace: Exchange[];
  readonly facts: CpiFacts;
  /** What the cloud held before the run; where the CPI has `list`. */
  readonly before: Listing | undefined;
  /** How calls are made where it does not matter. */
  readonly transport: 'process' | 'serve';
  /** The image that create_stemcell gets. */
  image(): Promise<Image>;
  /** A stemcell that all checks share, made when it is first asked for. */
  stemcell(make: () => Promise<string>): Promise<string>;
  /** What could not be deleted. */
  readonly leftovers: { readonly thing: string; readonly exchange: Exchange }[];
}

const defaultSeconds = 120;
const usual: Readonly<Record<string, number>> = { create_stemcell: 3600, create_vm: 1800 };

/** How long a call of this method may take. */
export function deadlineMs({ deadlines }: ConformanceConfig, method: string): number {
  const own = Object.hasOwn(deadlines, method) ? deadlines[method] : deadlines.default;
  return (own ?? (Object.hasOwn(usual, method) ? usual[method] : undefined) ?? defaultSeconds) * 1000;
}
