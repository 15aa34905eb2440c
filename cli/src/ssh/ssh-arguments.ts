export interface SshHost {
  readonly ip: string;
  readonly user: string;
  /** `group/uuid`, for output and host names in arguments. */
  readonly name: string;
  readonly id: string;
}

export interface SshFiles {
  readonly privateKey: string;
  /** Without it, host keys are not checked. */
  readonly knownHosts: string | undefined;
}

/** The `-o` options that ssh and scp share. */
export function connectionOptions(files: SshFiles, proxy: string | undefined): readonly string[] {
  const options = [
    'ServerAliveInterval=30',
    'ForwardAgent=no',
    'PasswordAuthentication=no',
    'IdentitiesOnly=yes',
    `IdentityFile=${files.privateKey}`,
    ...(files.knownHosts === undefined
      ? ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null']
      : ['StrictHostKeyChecking=yes', `UserKnownHostsFile=${files.knownHosts}`]),
    ...(proxy === undefined ? [] : [`ProxyCommand=${proxy}`]),
  ];
  return options.flatMap((option) => ['-o', option]);
}

export interface SshCommand {
  readonly host: SshHost;
  readonly options: readonly string[];
  /** Raw arguments of the user (`--opts`); they come first. */
  readonly extra: readonly string[];
  readonly command: readonly string[];
}

export function sshArguments({ host, options, extra, command }: SshCommand): readonly string[] {
  return ['-tt', ...options, ...extra, '-l', host.user, '--', host.ip, ...command];
}

/** Puts user and address in place of the `group/id:` in a path of scp; `((instance_id))` elsewhere names the instance. */
export function scpArguments(
  host: SshHost,
  options: readonly string[],
  { paths, recursive }: { readonly paths: readonly string[]; readonly recursive: boolean },
): readonly string[] {
  const address = host.ip.includes(':') ? `[${host.ip}]` : host.ip;
  const places = paths.map((path) => {
    const remote = remoteOf(path);
    return remote === undefined
      ? path.replaceAll('((instance_id))', host.id)
      : `${host.user}@${address}:${remote.path}`;
  });
  return [...(recursive ? ['-r'] : []), ...options, ...places];
}

/** `web/0:/tmp/x` */
export function remoteOf(text: string): { readonly slug: string; readonly path: string } | undefined {
  const colon = text.indexOf(':');
  if (colon <= 0 || text.startsWith('/') || text.startsWith('.')) return undefined;
  return { slug: text.slice(0, colon), path: text.slice(colon + 1) };
}
