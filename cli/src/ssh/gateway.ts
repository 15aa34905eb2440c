import { flag, type OptionValues, text } from '../arguments/option-spec.ts';

/** Flags that say how VMs are reached. */
export const gatewayOptions = {
  gwDisable: flag('Reach the VMs directly', { env: 'BOSH_GW_DISABLE' }),
  gwUser: text('User on the gateway', { env: 'BOSH_GW_USER' }),
  gwHost: text('Gateway', { env: 'BOSH_GW_HOST' }),
  gwPrivateKey: text('Private key for the gateway', { env: 'BOSH_GW_PRIVATE_KEY', placeholder: 'PATH' }),
  gwSocks5: text('SOCKS5 proxy to reach the VMs through', { env: 'BOSH_ALL_PROXY', placeholder: 'URL' }),
};

export type GatewayFlags = OptionValues<typeof gatewayOptions>;

export interface Gateway {
  readonly host: string;
  readonly user: string;
  readonly privateKey: string | undefined;
}

/** The ProxyCommand for ssh, or undefined to go directly. `told` is the gateway that the Director names. */
export function proxyCommand(
  flags: GatewayFlags,
  told: { host?: string | undefined; user?: string | undefined },
): string | undefined {
  if (flags.gwDisable) return undefined;
  if (flags.gwSocks5 !== undefined) return `nc -X 5 -x ${flags.gwSocks5.replace(/^socks5h?:\/\//, '')} %h %p`;
  const host = flags.gwHost ?? told.host;
  if (!host) return undefined;
  const gateway: Gateway = { host, user: flags.gwUser ?? told.user ?? 'vcap', privateKey: flags.gwPrivateKey };
  return `ssh -tt -W %h:%p -l '${gateway.user}' '${gateway.host}' ${gatewayArgs(gateway).join(' ')}`;
}

function gatewayArgs({ privateKey }: Gateway): readonly string[] {
  const options = [
    'ServerAliveInterval=30',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    ...(privateKey === undefined
      ? []
      : ['PasswordAuthentication=no', 'IdentitiesOnly=yes', `IdentityFile=${privateKey}`]),
  ];
  return options.flatMap((option) => ['-o', option]);
}
