import { type Logger, vmCid } from '@boti/core';
import { type HostLocks, hostLocks, type Journal, journal, type MadeThing } from '@boti/cpi-sdk';
import type { LocalConfig } from '../config.ts';
import { removeDisk, removeSnapshot, thaw } from './disks.ts';
import { type CgroupMode, cgroupMode, chooseRuntime, requireRoot } from './requirements.ts';
import { type Runtime, runtime } from './runtime.ts';
import { openStateDir, type StateDir } from './state-dir.ts';
import { removeStemcell } from './stemcells.ts';
import { removeVm } from './vms.ts';

/** What every operation of the host works with. */
export interface HostContext {
  readonly state: StateDir;
  readonly bridge: string;
  readonly defaultDiskMib: number;
  readonly runtime: Runtime;
  readonly cgroupMode: CgroupMode;
  readonly locks: HostLocks;
  readonly journal: Journal;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Opens the cloud of this machine. Makes folders, and nothing else. */
export async function openHost(
  config: LocalConfig,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<HostContext> {
  requireRoot();
  const state = await openStateDir(config.stateDir);
  const mode = await cgroupMode();
  const program = await chooseRuntime(config.runtime, mode);
  const host = {
    state,
    bridge: config.bridge,
    defaultDiskMib: config.defaultDiskMib,
    runtime: runtime(program, state.runtime),
    cgroupMode: mode,
    locks: hostLocks(state.root),
    logger,
    signal,
  };
  return { ...host, journal: journal({ dir: state.journal, undo: (made) => undo(host, made) }) };
}

async function undo(host: Omit<HostContext, 'journal'>, made: readonly MadeThing[]): Promise<void> {
  for (const { kind, id } of made) {
    host.logger.info('cleaning up what an unfinished call has left', { kind, id });
    if (kind === 'vm') await removeVm(host, vmCid(id));
    else if (kind === 'stemcell') await removeStemcell(host.state, id);
    else if (kind === 'disk') await removeDisk(host.state, id);
    else if (kind === 'snapshot') await removeSnapshot(host.state, id);
    else if (kind === 'frozen') await thaw(id);
  }
}
