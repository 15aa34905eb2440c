import { diagnoseBoot, gatherEvidence } from '@boti/boot-diagnosis';
import { ExpectedError, messageOf } from '@boti/core';
import type { VmNetworks } from '@boti/cpi-sdk';
import type { DeployContext } from '../context.ts';
import type { Vm } from './create-vm.ts';

interface SilentAgent {
  /** Instance, for people. */
  readonly name: string;
  readonly vm: Pick<Vm, 'cid' | 'cpi' | 'agentId'>;
  readonly networks: VmNetworks;
  readonly cause: unknown;
}

/** The agent did not answer in time: gathers what cloud and bus know of its VM, to say more than "timed out". */
export async function explainSilentAgent(ctx: DeployContext, silent: SilentAgent): Promise<unknown> {
  if (ctx.signal.aborted) return silent.cause;
  const { vm, name, networks, cause } = silent;
  const evidence = await gatherEvidence({
    vmCid: vm.cid,
    instance: name,
    networks,
    cloud: ctx.clouds.of(vm.cpi),
    isOnBus: () => ctx.agents.isListening(vm.agentId),
    now: () => ctx.clock.now(),
    signal: ctx.signal,
  });
  const { text, remedy } = diagnoseBoot(evidence);
  const silence =
    evidence.isOnBus === true ? `Its agent '${vm.agentId}' is on the message bus, but does not answer.` : '';
  return new ExpectedError([messageOf(cause), silence, text].filter(Boolean).join('\n'), {
    cause,
    hint:
      remedy ??
      'Check that the VM reaches the message bus at the address in its settings, and that its clock is right.',
  });
}
