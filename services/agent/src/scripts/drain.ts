import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplySpec } from '@boti/agent-protocol';
import { ExpectedError } from '@boti/core';
import { packagesOf } from '../apply/applier.ts';
import type { Dirs } from '../dirs.ts';
import { type JobScript, scriptPath } from './job-scripts.ts';
import { runProgram } from './run-program.ts';

/** What a drain script is told: arguments and environment. Source: bosh-agent agent/script/drain. */
export interface DrainParams {
  readonly jobChange: string;
  readonly hashChange: string;
  readonly updatedPackages: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export function updateParams(current: ApplySpec, next: ApplySpec): DrainParams {
  return {
    jobChange: jobChange(current, next),
    hashChange: hashChange(current, next),
    updatedPackages: updatedPackages(current, next),
    env: stateEnv(current, next),
  };
}

export function shutdownParams(current: ApplySpec, next: ApplySpec | undefined): DrainParams {
  return { jobChange: 'job_shutdown', hashChange: 'hash_unchanged', updatedPackages: [], env: stateEnv(current, next) };
}

function jobChange(current: ApplySpec, next: ApplySpec): string {
  if ((current.job?.templates ?? []).length === 0) return 'job_new';
  return digestOf(current) === digestOf(next) ? 'job_unchanged' : 'job_changed';
}

const digestOf = (spec: ApplySpec): string => {
  const { sha1, version } = (spec.job ?? {}) as { sha1?: string; version?: string };
  return sha1 ?? version ?? '';
};

function hashChange(current: ApplySpec, next: ApplySpec): string {
  if (!current.configuration_hash) return 'hash_new';
  return current.configuration_hash === next.configuration_hash ? 'hash_unchanged' : 'hash_changed';
}

function updatedPackages(current: ApplySpec, next: ApplySpec): string[] {
  const before = new Map(packagesOf(current).map((ref) => [ref.name, ref.sha1]));
  return packagesOf(next)
    .filter((ref) => before.get(ref.name) !== ref.sha1)
    .map((ref) => ref.name);
}

function stateEnv(current: ApplySpec, next: ApplySpec | undefined): Record<string, string> {
  return {
    BOSH_JOB_STATE: stateJson(current),
    ...(next !== undefined && { BOSH_JOB_NEXT_STATE: stateJson(next) }),
  };
}

const stateJson = (spec: ApplySpec): string => JSON.stringify({ persistent_disk: spec.persistent_disk ?? 0 });

/** Runs `bin/drain` until it answers a number that is not negative: the seconds still to wait. */
export function drainScript(
  dirs: Dirs,
  job: string,
  { params, signal }: { params: DrainParams; signal: AbortSignal },
): JobScript {
  const runOnce = async (jobChangeNow: string, hashChangeNow: string, packages: readonly string[]): Promise<number> => {
    const argv = [scriptPath(dirs, job, 'drain'), jobChangeNow, hashChangeNow, ...packages];
    const { stdout } = await runProgram({ argv, env: params.env, signal });
    if (signal.aborted) throw new ExpectedError('Script was cancelled by user request');
    const answer = stdout.text.trim();
    if (!/^[+-]?\d+$/.test(answer)) {
      throw new ExpectedError(`Script did not return a signed integer: '${answer.slice(0, 200)}'`);
    }
    return Number(answer);
  };
  return {
    job,
    async run() {
      let seconds = await runOnce(params.jobChange, params.hashChange, params.updatedPackages);
      while (seconds < 0) {
        await sleep(-seconds * 1000, undefined, { signal });
        seconds = await runOnce('job_check_status', 'hash_unchanged', []);
      }
      await sleep(seconds * 1000, undefined, { signal });
    },
  };
}
