import { type Logger, mapConcurrent } from '@boti/core';
import { compiledPackagesOf } from '../compilation/compiled-package-store.ts';
import type { Sql } from '../database/sql.ts';
import type { Deployment } from '../deployments/deployment-store.ts';
import { instancesOf } from '../instances/instance-store.ts';
import { allAddresses } from '../networks/address-store.ts';
import type { AgentSnapshot, InstanceSnapshot, Snapshot } from '../planner/snapshot.ts';
import { releaseSnapshots } from '../releases/release-snapshots.ts';
import { stemcellSnapshots } from '../stemcells/stemcell-store.ts';
import type { Agents, DeploySettings } from './context.ts';
import { instanceName } from './instance-name.ts';

export interface SnapshotSource {
  readonly database: Sql;
  readonly deployment: Deployment;
  readonly agents: Agents;
  readonly settings: Pick<DeploySettings, 'directorName' | 'directorUuid' | 'maxThreads' | 'agentStateTimeoutMs'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Reads all that the planner may look at; asks every agent of the deployment what runs there. */
export async function loadSnapshot(source: SnapshotSource, releaseNames: readonly string[]): Promise<Snapshot> {
  const { database, deployment } = source;
  const releases = await loadReleases(source, releaseNames);
  const packageIds = releases.releases.flatMap(({ packages }) => packages.map(({ id }) => id));
  return {
    ...releases,
    stemcells: await stemcellSnapshots(database),
    compiledPackages: await compiledPackagesOf(database, packageIds),
    instances: await withAgentStates(source, await instancesOf(database, deployment.id)),
    addresses: await allAddresses(database),
  };
}

/** The releases alone: a world without anything else. */
export async function loadReleases(
  { database, deployment, settings }: Pick<SnapshotSource, 'database' | 'deployment' | 'settings'>,
  releaseNames: readonly string[],
): Promise<Snapshot> {
  return {
    director: { name: settings.directorName, uuid: settings.directorUuid },
    releases: await releaseSnapshots(database, releaseNames),
    stemcells: [],
    compiledPackages: [],
    instances: [],
    addresses: [],
    deployedBefore: deployment.manifest !== null,
  };
}

export async function withAgentStates<Instance extends InstanceSnapshot>(
  source: Pick<SnapshotSource, 'agents' | 'settings' | 'log' | 'signal'>,
  instances: readonly Instance[],
): Promise<Instance[]> {
  return mapConcurrent(instances, source.settings.maxThreads, async (instance) => ({
    ...instance,
    agent: instance.vm === null || instance.ignore ? null : await askAgent(source, instance),
  }));
}

async function askAgent(
  { agents, settings, signal, log }: Pick<SnapshotSource, 'agents' | 'settings' | 'log' | 'signal'>,
  instance: InstanceSnapshot,
): Promise<AgentSnapshot> {
  try {
    const state = await agents
      .of(instance.vm?.agentId ?? '', instanceName(instance))
      .call('get_state', [], { signal, timeoutMs: settings.agentStateTimeoutMs, retries: 0 });
    return { responsive: true, jobState: state.job_state };
  } catch (error) {
    signal.throwIfAborted();
    log.warn('an agent did not say what runs on its VM', { instance: instanceName(instance), error });
    return { responsive: false };
  }
}
