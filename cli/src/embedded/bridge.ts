import { runCommand, tryCommand } from '@boti/core';
import type { Addresses } from './addresses.ts';

/** Makes the bridge that the VMs will be attached to, so that the components can listen on its address. */
export async function ensureBridge({ bridgeName, bridge }: Addresses): Promise<void> {
  if ((await tryCommand('ip', ['link', 'show', bridgeName])).exitCode !== 0) {
    await runCommand('ip', ['link', 'add', bridgeName, 'type', 'bridge']);
  }
  await runCommand('ip', ['addr', 'replace', `${bridge}/24`, 'dev', bridgeName]);
  await runCommand('ip', ['link', 'set', bridgeName, 'up']);
}

/** Absent is success. */
export async function removeBridge({ bridgeName }: Addresses): Promise<void> {
  await tryCommand('ip', ['link', 'del', bridgeName]);
}
