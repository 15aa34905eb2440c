import { tryCommand } from '@boti/core';

/**
 * Some machines drop what is not expressly allowed: Docker sets the policy of FORWARD to DROP, which strikes frames between
 * two ports of a bridge too, and ufw drops what VMs send to the host. These rules let pass what comes from our bridge.
 */
const rules = (bridge: string): readonly (readonly string[])[] => [
  ['FORWARD', '-i', bridge, '-o', bridge, '-j', 'ACCEPT'],
  ['INPUT', '-i', bridge, '-j', 'ACCEPT'],
];

/** Only where a policy drops. A machine without iptables, or with open policies, is left alone. */
export async function openFirewall(bridge: string): Promise<void> {
  for (const rule of rules(bridge)) {
    if (!(await drops(rule[0] ?? ''))) continue;
    if ((await iptables(['--check', ...rule])) !== 0) await iptables(['--insert', ...rule]);
  }
}

/** Absent is success. */
export async function closeFirewall(bridge: string): Promise<void> {
  for (const rule of rules(bridge)) {
    if (await drops(rule[0] ?? '')) await iptables(['--delete', ...rule]);
  }
}

async function drops(chain: string): Promise<boolean> {
  const listed = await tryCommand('iptables', ['--wait', '--list-rules', chain]).catch(() => undefined);
  return listed?.stdout.includes(`-P ${chain} DROP`) ?? false;
}

async function iptables(args: readonly string[]): Promise<number> {
  return (await tryCommand('iptables', ['--wait', ...args])).exitCode;
}
