import { vmCid } from '@boti/core';
import type { Cloud, VmNetworks } from '@boti/cpi-sdk';
import type { BootEvidence } from './evidence.ts';
import { probeBus } from './probe-bus.ts';

export interface BootSubject {
  readonly vmCid: string;
  readonly instance?: string;
  readonly networks: VmNetworks;
  readonly cloud: Pick<Required<Cloud>, 'hasVm' | 'consoleLog'>;
  /** The agent's HTTPS bus, where it has one. */
  readonly httpsBus?: { readonly url: string; readonly ca: string };
  readonly answeredBefore?: boolean | undefined;
  readonly settingsBus?: string | undefined;
  readonly isOnBus?: () => Promise<boolean>;
  readonly busLog?: () => Promise<string>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Asks everybody who may know something. What cannot be asked stays unknown. */
export async function gatherEvidence(subject: BootSubject): Promise<BootEvidence> {
  const { cloud, httpsBus, signal } = subject;
  const cid = vmCid(subject.vmCid);
  const [vmExists, console, bus, isOnBus, busLog] = await Promise.all([
    unlessItFails(() => cloud.hasVm(cid)),
    unlessItFails(() => cloud.consoleLog(cid)),
    unlessItFails(async () => (httpsBus === undefined ? undefined : await probeBus({ ...httpsBus, signal }))),
    unlessItFails(async () => await subject.isOnBus?.()),
    unlessItFails(async () => await subject.busLog?.()),
  ]);
  signal.throwIfAborted();
  return {
    now: subject.now(),
    vmCid: subject.vmCid,
    instance: subject.instance,
    networks: subject.networks,
    answeredBefore: subject.answeredBefore,
    settingsBus: subject.settingsBus,
    vmExists,
    console,
    bus,
    isOnBus,
    busLog,
  };
}

async function unlessItFails<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}
