import { type BootDiagnosis, diagnoseBoot, gatherEvidence, probeTcp } from '@boti/boot-diagnosis';
import { ExpectedError, errnoOf, messageOf } from '@boti/core';
import type { CloudProvider } from '../manifest/cloud-provider.ts';
import type { Deployment } from '../manifest/deployment.ts';
import type { Stage } from '../stage.ts';
import { within } from '../within.ts';
import type { EnvContext } from './env-context.ts';

export interface AwaitedVm {
  readonly cid: string;
  readonly deployment: Deployment;
  readonly provider: CloudProvider;
  /** Whether its address answered before it was there. */
  readonly answeredBefore: boolean;
}

const limitMs = 10 * 60_000;
const pingTimeoutMs = 5000;
const pingDelaysMs = [50, 100, 200, 300] as const;
const lastPingDelayMs = 500;
/** When what is known by then is told, while waiting goes on. */
const explainAtMs = [15_000, 45_000, 150_000, 300_000] as const;

/** Waits for the agent of a new VM. Says what may be wrong as soon as that is known, and at last in its error. */
export async function waitForAgent(ctx: EnvContext, vm: AwaitedVm, stage: Stage): Promise<void> {
  await stage.step(`Waiting for the agent on VM '${vm.cid}' to be ready`, () =>
    within('Waiting until instance is ready', ctx.signal, () => pingUntilReady(ctx, vm)),
  );
}

async function pingUntilReady(ctx: EnvContext, vm: AwaitedVm): Promise<void> {
  const { agent, clock, signal } = ctx;
  const startedAt = clock.now().getTime();
  let told = '';
  for (let attempt = 0, explained = 0; ; attempt += 1) {
    try {
      await agent.call('ping', [], { timeoutMs: pingTimeoutMs, signal });
      return;
    } catch (error) {
      signal.throwIfAborted();
      const waitedMs = clock.now().getTime() - startedAt;
      // BOSH: a certificate that is not believed now will not be believed later.
      if (isCertificateProblem(error) || waitedMs >= limitMs) throw await explainedError(ctx, vm, error);
      if (waitedMs >= (explainAtMs[explained] ?? Number.POSITIVE_INFINITY)) {
        explained += 1;
        told = await tell(ctx, vm, told);
      }
      await clock.sleep(pingDelaysMs[attempt] ?? lastPingDelayMs, signal);
    }
  }
}

/** Tells what is known by now, unless it was told before. */
async function tell(ctx: EnvContext, vm: AwaitedVm, told: string): Promise<string> {
  const { text, findings } = await diagnose(ctx, vm);
  const news = findings.map(({ cause }) => cause).join();
  if (news === '' || news === told) return told;
  ctx.warn(`The agent of VM '${vm.cid}' does not answer yet.\n${text}\nWaiting goes on; Ctrl-C ends it.`);
  return news;
}

async function diagnose(
  ctx: EnvContext,
  { cid, deployment, provider, answeredBefore }: AwaitedVm,
): Promise<BootDiagnosis> {
  const settingsBus = agentMbus(provider);
  return diagnoseBoot(
    await gatherEvidence({
      vmCid: cid,
      networks: deployment.networks,
      cloud: ctx.cloud.calls,
      httpsBus: { url: provider.mbus, ca: provider.ca },
      answeredBefore,
      settingsBus,
      now: () => new Date(),
      signal: ctx.signal,
    }),
  );
}

/** Where the agent is told to listen: every CPI has it at the same place. */
function agentMbus({ properties }: CloudProvider): string | undefined {
  const { agent } = properties as { readonly agent?: { readonly mbus?: unknown } };
  return typeof agent?.mbus === 'string' ? agent.mbus : undefined;
}

async function explainedError(ctx: EnvContext, vm: AwaitedVm, cause: unknown): Promise<ExpectedError> {
  const { text, remedy } = await diagnose(ctx, vm);
  return new ExpectedError(`The agent of VM '${vm.cid}' does not answer: ${messageOf(cause)}\n${text}`, {
    cause,
    hint: remedy ?? 'Look at the console of the VM, and at /var/vcap/bosh/log/current on it.',
  });
}

function isCertificateProblem(error: unknown): boolean {
  return /^CERT_|^ERR_TLS_CERT|SELF_SIGNED|^UNABLE_TO_/.test(errnoOf(error) ?? '');
}

const earlyProbeTimeoutMs = 400;

/** Whether somebody has the address of a VM that is yet to be made. Only addresses that shall be the VM's own count. */
export async function isAddressTaken(
  ctx: EnvContext,
  { networks }: Deployment,
  { mbus }: CloudProvider,
): Promise<boolean> {
  const { hostname, port } = new URL(mbus);
  if (!Object.values(networks).some(({ ip }) => ip === hostname)) return false;
  const target = { host: hostname, port: Number(port || 443), signal: ctx.signal, timeoutMs: earlyProbeTimeoutMs };
  return ['open', 'refused'].includes(await probeTcp(target));
}
