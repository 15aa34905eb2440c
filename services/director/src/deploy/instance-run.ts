import type { ApplySpec } from '@boti/agent-protocol';
import type { GroupPlan, InstancePlan, NetworkPlan } from '../planner/plan.ts';
import type { PackageSpec } from '../planner/snapshot.ts';
import { appliedJobs, type Configuration, fullApplySpec, type SpecSubject } from './apply-spec.ts';
import type { Vm } from './steps/create-vm.ts';

/** An instance that a deploy works on: its plan, its row, and its VM as it changes along the way. */
export interface InstanceRun {
  readonly id: number;
  readonly group: GroupPlan;
  readonly plan: InstancePlan;
  readonly packages: Readonly<Record<string, PackageSpec>>;
  /** Addresses that only the cloud knows (dynamic networks) are filled in once the VM is there. */
  networks: readonly NetworkPlan[];
  vm: Vm | null;
  /** True while the VM was made by this deploy and nothing has run on it. */
  isFreshVm: boolean;
  rendered: RenderedInstance;
}

/** The jobs' files, rendered for one instance. */
export interface RenderedInstance {
  readonly configurationHash: string;
  readonly templateHashes: Readonly<Record<string, string>>;
  /** The tar.gz of all files; null when the instance has no jobs. */
  readonly archive: Buffer | null;
}

export function specSubject(deployment: string, run: InstanceRun): SpecSubject {
  return { deployment, plan: run.plan, networks: run.networks, jobs: appliedJobs(run.group) };
}

export function configurationOf(run: InstanceRun, archive: Configuration['archive']): Configuration {
  return {
    configurationHash: run.rendered.configurationHash,
    templateHashes: run.rendered.templateHashes,
    archive,
    packages: run.packages,
  };
}

export function applySpecOf(deployment: string, run: InstanceRun, archive: Configuration['archive']): ApplySpec {
  return fullApplySpec(specSubject(deployment, run), configurationOf(run, archive));
}
