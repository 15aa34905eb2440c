import type { VmStrategy } from './parse/update-block.ts';
import type { DeployOptions } from './plan.ts';
import type { Snapshot } from './snapshot.ts';
import type { CalculatedVm } from './vm-properties.ts';

/** All that a plan is made from. Documents are YAML values with their variables resolved, but for late ones. */
export interface PlanRequest {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly cloudConfigs: readonly unknown[];
  readonly runtimeConfigs: readonly unknown[];
  readonly options: DeployOptions;
  readonly snapshot: Snapshot;
  /** Teams that own the deployment: addons may filter by them. */
  readonly teams: readonly string[];
  readonly newUuid: () => string;
  /** From 0 to 1, for `randomize_az_placement`. */
  readonly random?: () => number;
  /** To warn of a time of `recreateVmsCreatedBefore` that is yet to come. */
  readonly now?: Date;
  readonly rules?: Partial<PlanningRules>;
  /** Answers of the CPIs for `vm_resources`; `neededVmResources` names the questions. */
  readonly calculatedVms?: readonly CalculatedVm[];
}

/** What the Director's own configuration decides. */
export interface PlanningRules {
  readonly defaultVmStrategy: VmStrategy;
  readonly useDnsAddresses: boolean;
  readonly dnsDomain: string;
  readonly ignoreMissingGateway: boolean;
  /** Names in the CPI config; null without one. */
  readonly cpis: readonly string[] | null;
}

export function planningRules({ rules }: Pick<PlanRequest, 'rules'>): PlanningRules {
  return {
    defaultVmStrategy: 'delete-create',
    useDnsAddresses: false,
    dnsDomain: 'bosh',
    ignoreMissingGateway: false,
    cpis: null,
    ...rules,
  };
}
