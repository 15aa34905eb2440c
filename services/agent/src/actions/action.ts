import type { AgentActionName, AgentArgs, AgentValue } from '@boti/agent-protocol';
import type { Logger } from '@boti/core';
import type { Applier } from '../apply/applier.ts';
import type { PackageCompiler } from '../apply/compile.ts';
import type { SpecStore } from '../apply/spec-store.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Dirs } from '../dirs.ts';
import type { PersistentDisks } from '../disks/persistent-disks.ts';
import type { JobSupervisor } from '../job-supervisor/job-supervisor.ts';
import type { Ownership } from '../ownership.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { TaskQueue } from '../tasks/task-queue.ts';
import type { VitalsReader } from '../vitals/vitals.ts';

export interface ActionContext {
  readonly protocol: number;
  /** Aborted by `cancel_task`, for actions that are cancellable. */
  readonly signal: AbortSignal;
  /** Empty for synchronous actions. */
  readonly taskId: string;
}

/** One thing that the Director can ask for. `Action<'mount_disk'>` takes arguments and value from the protocol. */
export interface Action<Name extends AgentActionName = AgentActionName> {
  readonly name: Name;
  readonly mode: 'sync' | 'async' | ((protocol: number) => 'sync' | 'async');
  /** Fewer arguments are refused; surplus ones are ignored. */
  readonly minArgs?: number;
  readonly isCancellable?: boolean;
  readonly isPersistent?: boolean;
  /** Arguments hold secrets and are never logged. */
  readonly secret?: boolean;
  run(args: AgentArgs<Name>, context: ActionContext): Promise<AgentValue<Name>>;
}

/** What actions work with. */
export interface Deps {
  readonly dirs: Dirs;
  readonly logger: Logger;
  readonly settings: SettingsStore;
  readonly specs: SpecStore;
  readonly blobs: Blobs;
  readonly applier: Applier;
  readonly compiler: PackageCompiler;
  readonly supervisor: JobSupervisor;
  readonly disks: PersistentDisks;
  readonly vitals: VitalsReader;
  readonly ownership: Ownership;
  readonly tasks: TaskQueue;
  /** Tells the health monitor that this VM goes on purpose. */
  readonly notifyShutdown: () => Promise<void>;
  /** Ends the process once the pending poll of this task has been put by; the service manager starts the next one. */
  readonly restart: (taskId: string) => Promise<never>;
  /** False on the platform `dummy`: users, certificates and power stay untouched. */
  readonly changesSystem: boolean;
}
