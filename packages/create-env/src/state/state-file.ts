import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { ExpectedError, errnoOf, messageOf, readIfThere, writeFileAtomic } from '@boti/core';
import {
  type CreationRecord,
  type DeploymentState,
  deploymentStateSchema,
  formatDeploymentState,
  parseDeploymentState,
} from './deployment-state.ts';

/** The state on disk. Every change is safe before `update` returns, and readers never see a part of one. */
export interface StateFile {
  readonly path: string;
  readonly state: DeploymentState;
  update(change: Partial<DeploymentState>): Promise<void>;
  /** Notes what the CPI is about to be asked for, so that a run that is killed meanwhile leaves no orphan. */
  begin(creation: CreationRecord): Promise<void>;
  /** Makes a change and forgets the creation that led to it, in one step. */
  finish(creation: CreationRecord, change?: Partial<DeploymentState>): Promise<void>;
  remove(): Promise<void>;
}

/** `<manifest without extension>-state.json` beside the manifest. */
export function defaultStatePath(manifest: string): string {
  return join(dirname(manifest), `${basename(manifest, extname(manifest))}-state.json`);
}

/** Undefined when there is none. */
export async function readState(path: string): Promise<DeploymentState | undefined> {
  const json = await readIfThere(path);
  return json === undefined ? undefined : parseDeploymentState(json, path);
}

/** Opens the state file and gives it the ids it lacks; makes it when there is none. */
export async function openStateFile(path: string, found?: DeploymentState): Promise<StateFile> {
  const state = found ?? deploymentStateSchema.parse({});
  const file = new SavedState(path, state);
  const isComplete = state.director_id !== '' && state.installation_id !== '';
  if (found === undefined || !isComplete) {
    await file.update({
      director_id: state.director_id || randomUUID(),
      installation_id: state.installation_id || randomUUID(),
    });
  }
  return file;
}

class SavedState implements StateFile {
  readonly path: string;
  state: DeploymentState;

  constructor(path: string, state: DeploymentState) {
    this.path = path;
    this.state = state;
  }

  async update(change: Partial<DeploymentState>): Promise<void> {
    const next = { ...this.state, ...change } as DeploymentState;
    try {
      await writeFileAtomic(this.path, formatDeploymentState(next), 0o600);
    } catch (cause) {
      throw saveFailure(this.path, cause);
    }
    this.state = next;
  }

  async begin(creation: CreationRecord): Promise<void> {
    await this.update({ boti_creations: [...(this.state.boti_creations ?? []), creation] });
  }

  async finish(creation: CreationRecord, change: Partial<DeploymentState> = {}): Promise<void> {
    const left = (this.state.boti_creations ?? []).filter(({ id }) => id !== creation.id);
    await this.update({ ...change, boti_creations: left });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

function saveFailure(path: string, cause: unknown): ExpectedError {
  const hint =
    errnoOf(cause) === 'ENOSPC'
      ? 'Free some space on its disk and run the same command again: the file still holds the state before this step.'
      : 'Make its folder writable and run the same command again: the file still holds the state before this step.';
  return new ExpectedError(`Saving deployment state file '${path}': ${messageOf(cause)}`, { cause, hint });
}
