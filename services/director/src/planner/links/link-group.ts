import type { BoundJob } from '../bind-jobs.ts';
import type { GroupNetworkSpec } from '../parse/group-networks.ts';
import type { NetworkPlan } from '../plan.ts';

/** A group as links see it. */
export interface LinkGroup {
  readonly name: string;
  readonly jobs: readonly BoundJob[];
  readonly diskNames: readonly string[];
  readonly networks: readonly GroupNetworkSpec[];
  readonly instances: readonly LinkInstance[];
}

export interface LinkInstance {
  readonly uuid: string;
  readonly index: number;
  readonly az: string | null;
  readonly bootstrap: boolean;
  readonly networks: readonly NetworkPlan[];
}
