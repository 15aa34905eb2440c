import type { AgentSettings } from '@boti/agent-protocol';
import { runCommand } from '@boti/core';
import { authorizeKeys } from '../users/ssh-users.ts';

/** Passwords of root and vcap, and the keys that may log in as vcap. An absent hash locks the password. */
export async function setUpUsers(settings: AgentSettings, iaasKey: string | undefined): Promise<void> {
  const bosh = settings.env?.bosh;
  const keys = [...(iaasKey === undefined ? [] : [iaasKey]), ...(bosh?.authorized_keys ?? [])];
  if (keys.length > 0) await authorizeKeys('vcap', '/home/vcap', keys);
  const hash = bosh?.password || '*';
  if (!bosh?.keep_root_password) await setPassword('root', hash);
  await setPassword('vcap', hash);
}

async function setPassword(user: string, hash: string): Promise<void> {
  await runCommand('usermod', ['-p', hash, user]);
}
