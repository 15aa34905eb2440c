import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** The executable under test and all that it is given. */
export interface Launch {
  readonly executable: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** All that a Director leaves of the environment. Source: bosh bosh-director clouds/external_cpi.rb. */
export const directorPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Starts it in a process group of its own, so that it can be ended with its children. */
export function launch({ executable, args, env, cwd }: Launch, extra: readonly string[] = []) {
  const child = spawn(executable, [...args, ...extra], { env: { ...env }, cwd, detached: true, stdio: 'pipe' });
  child.stdin.on('error', () => undefined);
  return child;
}

export function signalGroup(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}
