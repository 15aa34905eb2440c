import { applyAddons } from './apply-addons.ts';
import { type BoundJob, bindJobs } from './bind-jobs.ts';
import { type CloudConfig, parseCloudConfigs } from './parse/cloud-config.ts';
import { type DeploymentSpec, parseDeploymentManifest } from './parse/deployment-manifest.ts';
import type { InstanceGroupSpec } from './parse/instance-group.ts';
import type { ReleaseReference } from './parse/releases.ts';
import { parseRuntimeConfigs } from './parse/runtime-config.ts';
import { instanceCount } from './parse/update-block.ts';
import { type PlanRequest, planningRules } from './plan-request.ts';
import { resolveReleases } from './resolve-releases.ts';
import { operatingSystems } from './resolve-stemcells.ts';
import type { ReleaseSnapshot } from './snapshot.ts';

/** A deployment whose releases and jobs are found, with nothing decided yet. */
export interface ParsedDeployment {
  readonly spec: DeploymentSpec;
  readonly cloud: CloudConfig;
  /** With the jobs of addons and the options of the request. */
  readonly groups: readonly ParsedGroup[];
  readonly releases: ReadonlyMap<string, ReleaseSnapshot>;
  readonly releaseReferences: readonly ReleaseReference[];
  /** Of the runtime config and the deployment. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface ParsedGroup {
  readonly spec: InstanceGroupSpec;
  readonly jobs: readonly BoundJob[];
}

export function parseDeployment(request: PlanRequest): ParsedDeployment {
  const rules = planningRules(request);
  const cloud = parseCloudConfigs(request.cloudConfigs, rules);
  const spec = parseDeploymentManifest(request.manifest, cloud, rules);
  const runtime = parseRuntimeConfigs(request.runtimeConfigs);
  const { snapshot } = request;
  resolveReleases(spec.releases, snapshot.releases);
  const systems = operatingSystems(spec.stemcells, snapshot.stemcells);
  const withAddons = applyAddons(spec, { runtime, teams: request.teams, systems });
  const releases = resolveReleases(withAddons.releases, snapshot.releases);
  return {
    spec,
    cloud,
    groups: withAddons.groups.map((group) => ({
      spec: withOptions(group, request.options),
      jobs: bindJobs(group, releases, spec.properties),
    })),
    releases,
    releaseReferences: withAddons.releases,
    tags: { ...runtime.tags, ...spec.tags },
  };
}

function withOptions(group: InstanceGroupSpec, { canaries, maxInFlight }: PlanRequest['options']): InstanceGroupSpec {
  const { update } = group;
  // BOSH: deployment_plan/instance_group.rb: a new VM cannot have the address while the old one has it.
  const mayBeTwo = group.networks.every(({ staticIps, network }) => staticIps === null && network.type !== 'vip');
  return {
    ...group,
    update: {
      ...update,
      canaries: canaries === null ? update.canaries : instanceCount('canaries', String(canaries)),
      vmStrategy: mayBeTwo ? update.vmStrategy : 'delete-create',
      maxInFlight: maxInFlight === null ? update.maxInFlight : instanceCount('max_in_flight', String(maxInFlight)),
    },
  };
}
