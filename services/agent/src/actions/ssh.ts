import { ExpectedError } from '@boti/core';
import { defaultIp } from '../network/default-ip.ts';
import { createSshUser, deleteSshUsers, hostPublicKey } from '../users/ssh-users.ts';
import type { Action, Deps } from './action.ts';

export function ssh({ changesSystem, dirs, settings }: Deps): Action<'ssh'> {
  return {
    name: 'ssh',
    mode: 'sync',
    minArgs: 2,
    async run([command, params]) {
      if (command === 'cleanup') {
        if (changesSystem) await deleteSshUsers(dirs, params.user_regex);
        return { command, status: 'success' };
      }
      if (command !== 'setup') throw new ExpectedError('Unknown command for SSH method');
      const publicKey = await hostPublicKey(dirs);
      if (changesSystem) await createSshUser(dirs, { user: params.user, publicKey: params.public_key });
      const ip = defaultIp(settings.current.networks);
      if (ip === undefined) throw new ExpectedError('No default ip could be found');
      return { command, status: 'success', ip, host_public_key: publicKey };
    },
  };
}
