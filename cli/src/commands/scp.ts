import { restArguments } from '../arguments/argument-spec.ts';
import { flag, text, textOr } from '../arguments/option-spec.ts';
import { parseGroupSlug } from '../arguments/slugs.ts';
import { deploymentCommand } from '../command.ts';
import { gatewayOptions } from '../ssh/gateway.ts';
import { openSshAccess } from '../ssh/open-ssh-access.ts';
import { requireSuccess, runRemotely } from '../ssh/run-remote.ts';
import { remoteOf, scpArguments } from '../ssh/ssh-arguments.ts';
import { UsageError } from '../usage-error.ts';

export const scp = deploymentCommand({
  name: 'scp',
  summary: 'Copy files to or from instances',
  args: { paths: restArguments('PATH', true) },
  options: {
    recursive: flag('Copy folders with all in them', { short: 'r' }),
    privateKey: text('Your own private key, instead of a user made for the session', {
      short: 'i',
      placeholder: 'PATH',
    }),
    username: textOr('vcap', 'User that your key belongs to', { short: 'l' }),
    ...gatewayOptions,
  },

  async run(context, { paths, recursive, ...flags }) {
    const remotes = paths.map(remoteOf).filter((remote) => remote !== undefined);
    const [remote] = remotes;
    if (remote === undefined) {
      throw new UsageError('Missing remote host information in source/destination arguments', {
        hint: "Write one path as 'group[/id]:path'.",
      });
    }
    await using access = await openSshAccess(context, parseGroupSlug(remote.slug), flags);
    const ran = await Promise.all(
      access.hosts.map((host) => {
        const args = scpArguments(host, access.options, { paths, recursive });
        return runRemotely({ program: 'scp', args, name: host.name, signal: context.signal }, context.ui);
      }),
    );
    requireSuccess(Math.max(...ran.map(({ exitCode }) => exitCode)));
  },
});
