import type { Cloud, CpiInfo } from '@boti/cpi-sdk';

/** A call that a CPI answered, or failed to: what the Director writes to the task's cpi log. Secrets are redacted. */
export interface CpiCallRecord {
  readonly requestId: string;
  readonly method: string;
  readonly request: string;
  readonly response: string;
  readonly log: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface CpiCallContext {
  readonly signal?: AbortSignal;
  /** api_version of the stemcell of the VM that the call is about. */
  readonly stemcellApiVersion?: number;
  /**
   * Names what a create_* call makes before it is made (context key `boti_creation`). A CPI with the extension `journal`
   * remembers it, so that after a crash of its caller `findCreation(id)` tells what is there.
   */
  readonly creationId?: string;
  readonly onCall?: (record: CpiCallRecord) => void;
}

/**
 * A CPI executable. Every method of Cloud is there; one that the CPI lacks throws CloudError NotImplemented.
 * `info` is asked before the first call and its version negotiated (at most 3).
 */
export interface CpiClient extends AsyncDisposable {
  info(signal?: AbortSignal): Promise<CpiInfo>;
  /** The cloud's calls, within this context (signal, logging, stemcell version). */
  cloud(context?: CpiCallContext): Required<Cloud>;
}
