import { ExpectedError, messageOf } from '@boti/core';
import { isCloudError } from '@boti/cpi-sdk';
import type { DeployContext } from '../context.ts';
import type { Vm } from './create-vm.ts';

interface SilentAgent {
  /** Instance, for people. */
  readonly name: string;
  readonly vm: Pick<Vm, 'cid' | 'cpi' | 'agentId'>;
  readonly cause: unknown;
}

const consoleTailLines = 25;

/** The agent did not answer in time: gathers what the cloud knows of its VM, to say more than "timed out". */
export async function explainSilentAgent(ctx: DeployContext, silent: SilentAgent): Promise<unknown> {
  if (ctx.signal.aborted) return silent.cause;
  const findings = [
    messageOf(silent.cause),
    await vmFinding(ctx, silent),
    await busFinding(ctx, silent),
    await consoleFinding(ctx, silent),
  ];
  return new ExpectedError(findings.filter((finding) => finding !== undefined).join('\n'), {
    cause: silent.cause,
    hint: 'Check that the VM reaches the message bus at the address in its settings, and that its clock is right.',
  });
}

async function vmFinding(ctx: DeployContext, { vm, name }: SilentAgent): Promise<string | undefined> {
  try {
    const exists = await ctx.clouds.of(vm.cpi).hasVm(vm.cid);
    return exists
      ? `The CPI says that VM '${vm.cid}' of ${name} exists.`
      : `The CPI says that VM '${vm.cid}' of ${name} no longer exists: it stopped, or was deleted outside of BOSH.`;
  } catch (error) {
    return `Whether VM '${vm.cid}' of ${name} exists could not be asked: ${messageOf(error)}`;
  }
}

async function busFinding(ctx: DeployContext, { vm }: SilentAgent): Promise<string> {
  try {
    return (await ctx.agents.isListening(vm.agentId))
      ? `Its agent '${vm.agentId}' is on the message bus, but does not answer.`
      : `Its agent '${vm.agentId}' never came to the message bus: nobody listens there under its name.`;
  } catch (error) {
    return `Whether its agent '${vm.agentId}' is on the message bus could not be asked: ${messageOf(error)}`;
  }
}

async function consoleFinding(ctx: DeployContext, { vm }: SilentAgent): Promise<string | undefined> {
  try {
    const text = await ctx.clouds.of(vm.cpi).consoleLog(vm.cid);
    const tail = text.trimEnd().split('\n').slice(-consoleTailLines).join('\n  ');
    return tail.trim() === '' ? 'Its console has printed nothing.' : `The end of its console log:\n  ${tail}`;
  } catch (error) {
    if (isCloudError(error, 'NotImplemented', 'NotSupported')) return undefined;
    return `Its console log could not be read: ${messageOf(error)}`;
  }
}
