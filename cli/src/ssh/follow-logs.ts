import type { GroupSlug } from '../arguments/slugs.ts';
import type { DeploymentContext } from '../command.ts';
import { type AccessOptions, openSshAccess } from './open-ssh-access.ts';
import { requireSuccess, runRemotely } from './run-remote.ts';
import { sshArguments } from './ssh-arguments.ts';

export interface FollowLogsOptions extends AccessOptions {
  readonly follow: boolean;
  readonly num: number | undefined;
  readonly quiet: boolean;
  readonly agent: boolean;
  readonly system: boolean;
  readonly allLogs: boolean;
  /** Patterns below /var/vcap/sys/log. */
  readonly filters: readonly string[];
}

/** Runs `tail` on the instances until it ends, or Ctrl-C does. */
export async function followLogs(
  context: DeploymentContext,
  target: GroupSlug,
  options: FollowLogsOptions,
): Promise<void> {
  const { ui, signal } = context;
  await using access = await openSshAccess(context, target, options);
  const command = ['sudo', 'bash', '-c', `'${tailCommand(options)}'`];
  const results = await Promise.all(
    access.hosts.map((host) => {
      const args = sshArguments({ host, options: access.options, extra: [], command });
      return runRemotely({ program: 'ssh', args, name: host.name, signal }, ui);
    }),
  );
  requireSuccess(Math.max(...results.map(({ exitCode }) => exitCode)));
}

export function tailCommand({ follow, num, quiet, ...which }: Omit<FollowLogsOptions, keyof AccessOptions>): string {
  const flags = [
    ...(follow ? ['-F'] : []),
    ...(num === undefined ? [] : ['-n', String(num)]),
    ...(quiet ? ['-q'] : []),
  ];
  return ['shopt -s globstar nullglob; exec tail', ...flags, ...files(which)].join(' ');
}

const jobLogs = '/var/vcap/sys/log';
const systemLogs =
  '$(find /var/log -type f -not -name "*.gz" -not -name "*.xz" -not -name "*.[0-9]" -not -name wtmp -not -name lastlog -not -path "*/sysstat/*")';

function files({
  agent,
  system,
  allLogs,
  filters,
}: Pick<FollowLogsOptions, 'agent' | 'system' | 'allLogs' | 'filters'>): readonly string[] {
  const jobs =
    filters.length > 0 ? filters.map((filter) => `${jobLogs}/${filter}`) : [`${jobLogs}/**/*.log`, `${jobLogs}/*.log`];
  if (allLogs) return [...jobs, '/var/vcap/bosh/log/current', systemLogs];
  if (agent) return ['/var/vcap/bosh/log/current'];
  return system ? [systemLogs] : jobs;
}
