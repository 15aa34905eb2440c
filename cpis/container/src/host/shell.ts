import { CommandFailed, runCommand } from '@boti/core';
import { CloudError } from '@boti/cpi-sdk';

/** Runs a shell script; its arguments are `$1`, `$2`, … One process start instead of many. */
export async function shell(script: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  try {
    const { stdout } = await runCommand(
      '/bin/sh',
      ['-euc', script, 'sh', ...args],
      signal === undefined ? {} : { signal },
    );
    return stdout;
  } catch (error) {
    throw noSpace(error) ?? error;
  }
}

/** Runs `ip -batch`, in a network namespace when one is named. */
export async function ipBatch(lines: readonly string[], namespace?: string, signal?: AbortSignal): Promise<void> {
  const args = [...(namespace === undefined ? [] : ['-n', namespace]), '-batch', '-'];
  await runCommand('ip', args, { input: `${lines.join('\n')}\n`, ...(signal !== undefined && { signal }) });
}

function noSpace(error: unknown): CloudError | undefined {
  if (!(error instanceof CommandFailed) || !error.stderr.includes('No space left on device')) return undefined;
  return new CloudError('NoDiskSpace', error.message, { hint: freeSpaceHint, cause: error });
}

export const freeSpaceHint =
  'Free some space on the disk that holds stateDir (delete stemcells, orphaned disks or snapshots), or move stateDir.';
