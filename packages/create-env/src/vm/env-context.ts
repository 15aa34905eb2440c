import type { HttpsAgent } from '@boti/agent-client';
import type { Clock } from '@boti/core';
import type { EnvCloud } from '../cloud/env-cloud.ts';
import type { StateFile } from '../state/state-file.ts';

/** What the steps about the instance work with. */
export interface InstanceContext {
  readonly agent: HttpsAgent;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Says something that is no step. */
  readonly warn: (text: string) => void;
}

/** … and the cloud it is on. */
export interface EnvContext extends InstanceContext {
  readonly cloud: EnvCloud;
  readonly state: StateFile;
}
