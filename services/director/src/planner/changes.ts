import { describeChangedKeys, describeDifference } from './describe-difference.ts';
import { diskChanges } from './disk-changes.ts';
import { networkChanges } from './network-changes.ts';
import { type Change, type ChangeKind, changeKinds, type InstancePlan, type JobPlan } from './plan.ts';
import { sameValue } from './same-value.ts';
import type { InstanceSnapshot, StoredSpec } from './snapshot.ts';

/** What was asked of an instance beside its description. */
export interface ChangeRequest {
  readonly jobs: readonly JobPlan[];
  readonly restart: boolean;
  readonly recreate: boolean;
  readonly recreateVmsCreatedBefore: Date | null;
  readonly recreatePersistentDisks: boolean;
}

export type WantedInstance = Omit<InstancePlan, 'changes'>;

/** All reasons to touch an instance that are known before its templates are rendered. */
export function plannedChanges(wanted: WantedInstance, request: ChangeRequest): readonly Change[] {
  const { existing } = wanted;
  if (existing === null) {
    return [change('dirty', 'it is new', true)];
  }
  if (existing.ignore) {
    return [];
  }
  return inOrder([
    ...(existing.updateCompleted ? [] : [change('dirty', 'its last update did not complete')]),
    ...(request.restart ? [change('restart', 'a restart was asked for')] : []),
    ...(wanted.state === 'detached' ? [] : recreateChanges(existing, request)),
    ...(request.recreatePersistentDisks && wanted.persistentDisk !== null
      ? [change('recreate_persistent_disks', 'new persistent disks were asked for')]
      : []),
    ...vmChanges(wanted, existing),
    ...diskChanges(wanted, existing),
    ...(existing.spec === null ? [] : specChanges(wanted, existing.spec, request.jobs)),
    ...stateChanges(wanted, existing),
  ]);
}

/** Can the instance go on running while only its tags or DNS records are brought up to date? */
export function isLightUpdate(changes: readonly Change[]): boolean {
  const [first] = inOrder(changes);
  // BOSH: instance_updater/update_procedure.rb looks only at the first of two: {dns, nats_config} is light too.
  return changes.length <= 2 && (first?.kind === 'dns' || first?.kind === 'tags');
}

/** Makes one reason; most need no new VM. */
export function change(kind: ChangeKind, reason: string, needsNewVm = false): Change {
  return { kind, reason, needsNewVm };
}

/** The order in which reasons are evaluated and told. */
export function inOrder(changes: readonly Change[]): readonly Change[] {
  return changes.toSorted((a, b) => changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind));
}

function recreateChanges(existing: InstanceSnapshot, request: ChangeRequest): readonly Change[] {
  if (existing.vm !== null && existing.agent?.responsive === false) {
    return [change('recreate', 'its agent does not answer', true)];
  }
  if (!request.recreate) {
    return [];
  }
  const threshold = request.recreateVmsCreatedBefore;
  if (threshold === null || existing.vm === null || !existing.updateCompleted) {
    return [change('recreate', 'a new VM was asked for', true)];
  }
  const isOld = existing.vm.createdAt < threshold;
  return isOld ? [change('recreate', `its VM is older than ${threshold.toISOString()}`, true)] : [];
}

/** What a VM cannot change while it lives. */
function vmChanges(wanted: WantedInstance, { vm, spec }: InstanceSnapshot): readonly Change[] {
  if (vm === null) {
    return [];
  }
  const changes: Change[] = [];
  if (!sameValue(vm.cloudProperties, wanted.cloudProperties)) {
    changes.push(change('cloud_properties', cloudPropertiesReason(wanted, vm.cloudProperties, spec), true));
  }
  const stemcell = wanted.stemcell;
  if (stemcell !== null && (stemcell.name !== vm.stemcell.name || stemcell.version !== vm.stemcell.version)) {
    const to = stemcell.name === vm.stemcell.name ? stemcell.version : `${stemcell.name}/${stemcell.version}`;
    const reason = `stemcell changes from ${vm.stemcell.name}/${vm.stemcell.version} to ${to}`;
    changes.push(change('stemcell', reason, true));
  }
  if (!sameValue(vm.env, wanted.env)) {
    changes.push(change('env', `env changes: ${describeChangedKeys(vm.env, wanted.env)}`, true));
  }
  return changes;
}

function cloudPropertiesReason(
  wanted: WantedInstance,
  before: Readonly<Record<string, unknown>>,
  spec: StoredSpec | null,
): string {
  const difference = describeDifference(before, wanted.cloudProperties);
  const from = spec?.vmType ?? null;
  if (from !== null && wanted.vmType !== null && from !== wanted.vmType) {
    return `VM type changes from '${from}' to '${wanted.vmType}': ${difference}`;
  }
  return wanted.vmType === null
    ? `VM properties change: ${difference}`
    : `VM type '${wanted.vmType}' changes: ${difference}`;
}

function specChanges(wanted: WantedInstance, spec: StoredSpec, jobs: readonly JobPlan[]): readonly Change[] {
  if (isDetachedForGood(wanted)) {
    return [];
  }
  const jobReason = jobDifference(spec, jobs);
  const tags = describeDifference(spec.tags, wanted.tags);
  return [
    ...networkChanges(wanted, spec),
    ...(jobReason === '' ? [] : [change('job', jobReason)]),
    ...(tags === '' ? [] : [change('tags', `tags change: ${tags}`)]),
  ];
}

function jobDifference(spec: StoredSpec, jobs: readonly JobPlan[]): string {
  const before = new Map(spec.jobs.map(({ name, version }) => [name, version]));
  const added = jobs.filter(({ name }) => !before.has(name)).map(({ name }) => `job '${name}' is added`);
  const changed = jobs
    .filter(({ name, job }) => before.has(name) && before.get(name) !== job.version)
    .map(({ name, release }) => `job '${name}' changes with release ${release.name}/${release.version}`);
  const removed = spec.jobs
    .filter(({ name }) => !jobs.some((job) => job.name === name))
    .map(({ name }) => `job '${name}' is removed`);
  return [...added, ...changed, ...removed].join(', ');
}

function stateChanges(wanted: WantedInstance, existing: InstanceSnapshot): readonly Change[] {
  switch (wanted.state) {
    case 'detached':
      return existing.vm === null ? [] : [change('state', 'it is to be detached from its VM')];
    case 'stopped': {
      const isStopped = existing.state === 'stopped' && jobStateOf(existing) !== 'running';
      return isStopped ? [] : [change('state', 'its jobs are to be stopped')];
    }
    case 'started':
      return startChanges(existing);
  }
}

function startChanges(existing: InstanceSnapshot): readonly Change[] {
  if (existing.vm === null) {
    return [change('state', 'it has no VM', true)];
  }
  if (existing.state !== 'started') {
    return [change('state', 'its jobs are to be started')];
  }
  const jobState = jobStateOf(existing);
  return jobState === null || jobState === 'running'
    ? []
    : [change('state', `its jobs are '${jobState}', not running`)];
}

/** Null when the agent was not asked or did not answer. */
function jobStateOf({ agent }: InstanceSnapshot): string | null {
  return agent?.responsive === true ? agent.jobState : null;
}

/** Nothing about an instance without VM matters while it stays detached. */
export function isDetachedForGood({ state, existing }: WantedInstance): boolean {
  return state === 'detached' && existing !== null && existing.vm === null;
}
