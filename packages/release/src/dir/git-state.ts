import { ExpectedError, tryCommand } from '@boti/core';

export interface GitState {
  /** Short hash of HEAD; `non-git` outside a repository, `empty` in one without commits. */
  readonly commitHash: string;
  readonly isDirty: boolean;
  /** What `git status --short` says. */
  readonly changes: string;
}

/** What git says about the release directory itself; a repository further up does not count. */
export async function readGitState(dir: string, signal?: AbortSignal): Promise<GitState> {
  const git = (...args: string[]) => tryCommand('git', args, { cwd: dir, ...(signal === undefined ? {} : { signal }) });
  const { exitCode } = await git('rev-parse', '--git-dir');
  if (exitCode !== 0) return { commitHash: 'non-git', isDirty: false, changes: '' };
  const head = await git('rev-parse', '--short', 'HEAD');
  const status = await git('status', '--short');
  if (status.exitCode !== 0) throw new ExpectedError(`git status failed in '${dir}': ${status.stderr.trim()}`);
  const changes = status.stdout.trim();
  return { commitHash: head.exitCode === 0 ? head.stdout.trim() : 'empty', isDirty: changes !== '', changes };
}

export async function requireCleanGit(dir: string, signal?: AbortSignal): Promise<void> {
  const { isDirty, changes } = await readGitState(dir, signal);
  if (!isDirty) return;
  throw new ExpectedError(`Git repository has local modifications:\n\n${changes}`, {
    hint: 'Commit them, or go on with --force.',
  });
}
