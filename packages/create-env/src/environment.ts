import { join } from 'node:path';
import { compileCache } from '@boti/compile-cache';
import { type Clock, ExpectedError, isThere } from '@boti/core';
import type { CpiCallRecord, Deadlines } from '@boti/cpi-client';
import { hostLocks } from '@boti/cpi-sdk';
import type { TemplateRenderer } from '@boti/templates';
import type { ManifestText } from './manifest/parse-manifest.ts';
import type { StageOptions } from './stage.ts';

/** What the commands about an environment have in common. */
export interface EnvironmentOptions {
  /** Already interpolated. */
  readonly manifest: ManifestText;
  readonly statePath: string;
  readonly stage: StageOptions;
  /** Folders of this machine. */
  readonly places: Places;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Renders templates; one of its own when absent. */
  readonly renderer?: TemplateRenderer;
  /** How long CPI calls may take, in milliseconds by method; the client's own limits when absent. */
  readonly cpiDeadlines?: Deadlines;
  readonly onCpiCall?: (record: CpiCallRecord) => void;
}

export interface Places {
  /** `~/.bosh`: installations and downloads, as upstream's CLI has them. */
  readonly bosh: string;
  /** Compiled packages by content, shared with Directors of this machine. */
  readonly compiledPackages: string;
  /** Instead of the installation's own folder for packages. */
  readonly packageDir?: string | undefined;
}

export function downloadsDir({ bosh }: Places): string {
  return join(bosh, 'downloads');
}

export function installationsDir({ bosh }: Places): string {
  return join(bosh, 'installations');
}

export function cacheOf({ compiledPackages }: Places) {
  return compileCache(compiledPackages);
}

/** Runs a command on an environment, alone. After Ctrl-C it says how to go on: what was reached is on record. */
export async function runAlone<T>(options: EnvironmentOptions, command: string, work: () => Promise<T>): Promise<T> {
  try {
    return await alone(options, work);
  } catch (error) {
    throw await interrupted(options, error, command);
  }
}

/** One command at a time may work on an environment; only Linux has such locks. */
async function alone<T>({ statePath }: EnvironmentOptions, work: () => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return await work();
  const outcome = await hostLocks('create-env').tryRun(statePath, async () => ({ value: await work() }));
  if (outcome !== undefined) return outcome.value;
  throw new ExpectedError(`Another command is working on the environment of '${statePath}'`, {
    hint: 'Wait until it has ended.',
  });
}

async function interrupted(options: EnvironmentOptions, cause: unknown, command: string): Promise<unknown> {
  if (!options.signal.aborted) return cause;
  const state = (await isThere(options.statePath)) ? `What was reached is in '${options.statePath}'; run` : 'Run';
  return new ExpectedError('Interrupted', { cause, hint: `${state} the same command again to go on (${command}).` });
}
