import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, isReachable, type Logger, messageOf } from '@boti/core';
import type { Dirs } from '../dirs.ts';
import { runProgram } from './run-program.ts';

export interface JobScript {
  readonly job: string;
  run(): Promise<void>;
}

/** Runs `bin/<name>` of all jobs that have it, in parallel. One failure does not end the others. */
export async function runJobScripts(name: string, scripts: readonly JobScript[], logger: Logger): Promise<void> {
  logger.info('running scripts', { name, jobs: scripts.map((script) => script.job) });
  const outcomes = await Promise.allSettled(scripts.map((script) => script.run()));
  const failed = scripts.filter((_, index) => outcomes[index]?.status === 'rejected').map(({ job }) => job);
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'rejected') {
      logger.error('a script failed', { name, job: scripts[index]?.job, error: messageOf(outcome.reason) });
    }
  }
  if (failed.length === 0) return;
  const passed = scripts.map(({ job }) => job).filter((job) => !failed.includes(job));
  const successful = passed.length === 0 ? '' : ` Successful Jobs: ${passed.join(', ')}.`;
  throw new ExpectedError(
    `${failed.length} of ${scripts.length} ${name} scripts failed. Failed Jobs: ${failed.join(', ')}.${successful}`,
  );
}

export async function withScript(dirs: Dirs, jobs: readonly string[], name: string): Promise<string[]> {
  const found: string[] = [];
  for (const job of jobs) if (await isReachable(scriptPath(dirs, job, name))) found.push(job);
  return found;
}

export function scriptPath(dirs: Dirs, job: string, name: string): string {
  return join(dirs.jobs, job, 'bin', name);
}

/** pre-start, post-start and the like: output goes to the job's logs. */
export function genericScript(
  dirs: Dirs,
  { job, name, env }: { readonly job: string; readonly name: string; readonly env: Readonly<Record<string, string>> },
): JobScript {
  return {
    job,
    async run() {
      const logDir = join(dirs.jobLogs, job);
      await mkdir(logDir, { recursive: true, mode: 0o750 });
      const logs = { stdout: join(logDir, `${name}.stdout.log`), stderr: join(logDir, `${name}.stderr.log`) };
      const { exitCode } = await runProgram({ argv: [scriptPath(dirs, job, name)], env, logs, keepOutput: false });
      if (exitCode !== 0) throw new ExpectedError(`${name} of job ${job} ended with ${exitCode}, see ${logDir}`);
    },
  };
}
