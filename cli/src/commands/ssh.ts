import { optionalArgument, restArguments } from '../arguments/argument-spec.ts';
import { flag, list, text, textOr } from '../arguments/option-spec.ts';
import { parseGroupSlug } from '../arguments/slugs.ts';
import { type DeploymentContext, deploymentCommand } from '../command.ts';
import { gatewayOptions } from '../ssh/gateway.ts';
import { openSshAccess, type SshAccess } from '../ssh/open-ssh-access.ts';
import { type RemoteResult, requireSuccess, runInteractively, runRemotely } from '../ssh/run-remote.ts';
import { sshArguments } from '../ssh/ssh-arguments.ts';
import { UsageError } from '../usage-error.ts';

export const ssh = deploymentCommand({
  name: 'ssh',
  summary: 'Open a shell on an instance, or run a command on several',
  args: { slug: optionalArgument('INSTANCE-GROUP[/INSTANCE-ID]'), rest: restArguments('COMMAND') },
  options: {
    command: list('Command; may be given several times', { short: 'c' }),
    opts: list('Option for ssh; may be given several times'),
    results: flag('Show the output as a table', { short: 'r' }),
    privateKey: text('Your own private key, instead of a user made for the session', {
      short: 'i',
      placeholder: 'PATH',
    }),
    username: textOr('vcap', 'User that your key belongs to', { short: 'l' }),
    ...gatewayOptions,
  },

  async run(context, { slug, rest, command, opts, results, ...flags }) {
    const target = slug === undefined ? { group: '*', id: undefined } : parseGroupSlug(slug);
    const wanted = command.length > 0 ? command : rest;
    await using access = await openSshAccess(context, target, flags);
    if (wanted.length > 0) return await runEverywhere(context, access, { command: wanted, extra: opts, results });
    const [host, ...others] = access.hosts;
    if (host === undefined || others.length > 0) {
      throw new UsageError('Interactive SSH only works for a single host at a time', {
        hint: "Name one as 'group/id'.",
      });
    }
    await runInteractively('ssh', sshArguments({ host, options: access.options, extra: opts, command: [] }));
  },
});

async function runEverywhere(
  { ui, signal }: DeploymentContext,
  access: SshAccess,
  { command, extra, results }: { command: readonly string[]; extra: readonly string[]; results: boolean },
): Promise<void> {
  const ran = await Promise.all(
    access.hosts.map((host) => {
      const args = sshArguments({ host, options: access.options, extra, command });
      return runRemotely({ program: 'ssh', args, name: host.name, signal }, results ? undefined : ui);
    }),
  );
  if (results) {
    ui.table({
      content: 'results',
      isTransposed: true,
      header: ['Instance', 'Stdout', 'Stderr', 'Exit Code', 'Error'],
      rows: ran.map(resultRow),
      notes: [],
    });
  }
  requireSuccess(Math.max(...ran.map(({ exitCode }) => exitCode)));
}

function resultRow({ name, stdout, stderr, exitCode }: RemoteResult): readonly string[] {
  const error = exitCode === 0 ? '' : `exited with ${exitCode}`;
  return [name, stdout.replaceAll('\r\n', '\n'), stderr.replaceAll('\r\n', '\n'), String(exitCode), error];
}
