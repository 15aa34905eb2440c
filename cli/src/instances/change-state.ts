import type { ChangeStateOptions, WantedState } from '@boti/director-api';
import { flag, type OptionValues, text } from '../arguments/option-spec.ts';
import { parseGroupSlug } from '../arguments/slugs.ts';
import type { DeploymentContext } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** Flags of start, stop, restart and recreate. */
export const convergeOptions = {
  canaries: text('Overrides the number of canaries'),
  maxInFlight: text('Overrides the number of instances updated at once'),
  converge: flag('Bring the whole deployment to its state (the default)'),
  noConverge: flag('Act on this instance only'),
};

type ConvergeFlags = OptionValues<typeof convergeOptions>;

export interface StateChange {
  readonly action: 'start' | 'stop' | 'restart' | 'recreate';
  readonly state: WantedState;
  readonly options: Pick<ChangeStateOptions, 'skipDrain' | 'fix' | 'dryRun' | 'vmsCreatedBefore'>;
  /** Stop only: with the VM deleted. */
  readonly hard?: boolean;
}

/** Changes the state of all, a group, or one instance: by a deploy, or of one instance without. */
export async function changeState(
  { ui, director, deployment, followTask }: DeploymentContext,
  slug: string | undefined,
  change: StateChange,
  flags: ConvergeFlags,
): Promise<void> {
  const target = slug === undefined ? { group: '*', id: undefined } : parseGroupSlug(slug);
  requireFitting(target.id, change, flags);
  await ui.confirm();
  if (flags.noConverge) {
    const { skipDrain = false, fix = false } = change.options;
    const options = { skipDrain, hard: change.hard ?? false, ignoreUnresponsiveAgent: fix };
    await followTask(await director.instances.act(deployment, target, change.action, options));
    return;
  }
  const { canaries, maxInFlight } = flags;
  const options = { ...change.options, canaries, maxInFlight, state: change.state };
  await followTask(await director.deployments.changeState(deployment, target, options));
}

function requireFitting(id: string | undefined, { options }: StateChange, flags: ConvergeFlags): void {
  if (!flags.noConverge) return;
  const excluded = {
    converge: flags.converge,
    canaries: flags.canaries !== undefined,
    'max-in-flight': flags.maxInFlight !== undefined,
    'dry-run': options.dryRun,
  };
  const found = Object.entries(excluded).find(([, isSet]) => isSet);
  if (found !== undefined) throw new UsageError(`--${found[0]} and --no-converge exclude each other`);
  if (id === undefined) {
    throw new UsageError('--no-converge needs one instance', { hint: "Name it as 'group/index' or 'group/uuid'." });
  }
}
