import type { AgentSettings } from '@boti/agent-protocol';
import type { AgentId } from '@boti/core';
import { z } from 'zod';
import type { VmEnv, VmNetworks } from './contract.ts';

/** What a CPI's own configuration says about agents: `cloud.properties.agent` of cpi.json. */
export const agentOptionsSchema = z.looseObject({
  mbus: z.string().nullish(),
  ntp: z.array(z.string()).nullish(),
  blobstore: z.looseObject({ provider: z.string(), options: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});
/** What a CPI is told about agents: message bus URL, NTP servers, blobstore. Handed on into settings.json. */
export type AgentOptions = z.infer<typeof agentOptionsSchema>;

/** What `agentSettings` makes settings.json of. `disks`: hints by role, as in `diskHints`; `env`: argument of create_vm, verbatim. */
export interface AgentSettingsInput {
  readonly agentId: AgentId;
  readonly vmName: string;
  readonly vmId?: string;
  readonly networks: VmNetworks;
  readonly disks: AgentSettings['disks'];
  readonly env: VmEnv;
  readonly agentOptions: AgentOptions;
  /** The CPI has set up the interfaces itself: the agent leaves them alone. */
  readonly preconfigured?: boolean;
  /** MAC address of each network's interface, for agents that set up the interfaces. */
  readonly macs?: Readonly<Record<string, string>>;
  readonly useDhcp?: boolean;
}

/** The settings.json of a new VM. How it reaches the agent (file, user data, config drive) is the CPI's matter. */
export function agentSettings(input: AgentSettingsInput): AgentSettings {
  const { agentId, vmName, vmId, disks, env, agentOptions } = input;
  return {
    agent_id: agentId,
    vm: { name: vmName, ...(vmId !== undefined && { id: vmId }) },
    ...(agentOptions.mbus && { mbus: agentOptions.mbus }),
    ...(agentOptions.ntp && { ntp: agentOptions.ntp }),
    ...(agentOptions.blobstore && { blobstore: agentOptions.blobstore }),
    networks: settingsNetworks(input),
    disks: { ...disks, persistent: disks.persistent ?? {} },
    env: env as AgentSettings['env'],
  };
}

function settingsNetworks(input: AgentSettingsInput): AgentSettings['networks'] {
  const entries = Object.entries(input.networks).map(([name, network]) => {
    const mac = input.macs?.[name];
    const extra = {
      ...(input.preconfigured && { preconfigured: true }),
      ...(input.useDhcp !== undefined && { use_dhcp: input.useDhcp }),
      ...(mac !== undefined && { mac }),
    };
    return [name, { ...network, ...extra }];
  });
  return Object.fromEntries(entries) as AgentSettings['networks'];
}
