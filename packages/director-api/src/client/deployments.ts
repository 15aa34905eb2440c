import { z } from 'zod';
import { mediaTypes } from '../media-types.ts';
import {
  type CertificateExpiry,
  certificateExpirySchema,
  type DeploymentConfig,
  type DeploymentListItem,
  type DiffContext,
  type DiffReply,
  deploymentConfigSchema,
  deploymentListItemSchema,
  deploymentSchema,
  diffReplySchema,
  type Variable,
  variableSchema,
  type WantedState,
} from '../shapes/deployments.ts';
import { type Task, taskSchema } from '../shapes/tasks.ts';
import type { DirectorSession } from './director-session.ts';
import { path, queryString } from './query-string.ts';

export interface DeployOptions {
  readonly recreate?: boolean;
  readonly recreatePersistentDisks?: boolean;
  /** RFC 3339; only with `recreate`. */
  readonly recreateVmsCreatedBefore?: string | undefined;
  /** `*` or instance groups joined with commas. */
  readonly skipDrain?: string | undefined;
  readonly fix?: boolean;
  readonly dryRun?: boolean;
  readonly canaries?: string | undefined;
  readonly maxInFlight?: string | undefined;
  readonly forceLatestVariables?: boolean;
  readonly context?: DiffContext | undefined;
}

/** An instance group, or one instance of it by index or uuid. `*` stands for all groups. */
export interface InstanceTarget {
  readonly group: string;
  readonly id?: string | undefined;
}

export interface ChangeStateOptions {
  readonly skipDrain?: boolean;
  readonly fix?: boolean;
  readonly dryRun?: boolean;
  readonly canaries?: string | undefined;
  readonly maxInFlight?: string | undefined;
  readonly vmsCreatedBefore?: string | undefined;
}

const yaml = { 'Content-Type': mediaTypes.yaml };

export function deploymentsApi(session: DirectorSession) {
  return {
    /** Whether each is up to date with its configs takes the Director longer; leave it out where it is not shown. */
    async list({ withConfigs = true } = {}): Promise<DeploymentListItem[]> {
      const request = { method: 'GET', path: `/deployments${queryString({ exclude_configs: !withConfigs })}` } as const;
      return await session.json('Finding deployments', request, z.array(deploymentListItemSchema));
    },

    /** The manifest, or null when no deploy has succeeded yet. */
    async manifest(name: string): Promise<string | null> {
      const request = { method: 'GET', path: path`/deployments/${name}` } as const;
      return (await session.json(`Finding deployment '${name}'`, request, deploymentSchema)).manifest;
    },

    async configs(name: string): Promise<DeploymentConfig[]> {
      const request = { method: 'GET', path: path`/deployment_configs?deployment[]=${name}` } as const;
      return await session.json('Listing deployment configs', request, z.array(deploymentConfigSchema));
    },

    async variables(name: string): Promise<Variable[]> {
      const request = { method: 'GET', path: path`/deployments/${name}/variables` } as const;
      return await session.json(`Finding variables of deployment '${name}'`, request, z.array(variableSchema));
    },

    async certificateExpiry(name: string): Promise<CertificateExpiry[]> {
      const request = { method: 'GET', path: path`/deployments/${name}/certificate_expiry` } as const;
      return await session.json('Listing certificates', request, z.array(certificateExpirySchema));
    },

    async diff(name: string, manifest: string, redact: boolean): Promise<DiffReply> {
      const url = `${path`/deployments/${name}/diff`}?redact=${redact}`;
      const request = { method: 'POST', path: url, headers: yaml, body: manifest } as const;
      return await session.json('Fetching diff result', request, diffReplySchema);
    },

    async deploy(manifest: string, options: DeployOptions): Promise<Task> {
      const url = `/deployments${deployQuery(options)}`;
      const request = { method: 'POST', path: url, headers: yaml, body: manifest } as const;
      return await session.json('Updating deployment', request, taskSchema);
    },

    async delete(name: string, force: boolean): Promise<Task> {
      const url = path`/deployments/${name}` + queryString({ force });
      return await session.json(`Deleting deployment '${name}'`, { method: 'DELETE', path: url }, taskSchema);
    },

    /** Converges to another state: start, stop, restart or recreate by a deploy of the stored manifest. */
    async changeState(
      name: string,
      target: InstanceTarget,
      change: ChangeStateOptions & { state: WantedState },
    ): Promise<Task> {
      const jobs = path`/deployments/${name}/jobs/${target.group}`;
      const url = `${target.id === undefined ? jobs : jobs + path`/${target.id}`}${changeStateQuery(change)}`;
      const request = { method: 'PUT', path: url, headers: yaml, body: '' } as const;
      return await session.json('Changing state', request, taskSchema);
    },
  };
}

function deployQuery(options: DeployOptions): string {
  return queryString({
    canaries: options.canaries,
    context: options.context === undefined ? undefined : JSON.stringify(options.context),
    dry_run: options.dryRun,
    fix: options.fix,
    force_latest_variables: options.forceLatestVariables,
    max_in_flight: options.maxInFlight,
    recreate: options.recreate,
    recreate_persistent_disks: options.recreatePersistentDisks,
    recreate_vms_created_before: options.recreateVmsCreatedBefore,
    skip_drain: options.skipDrain,
  });
}

function changeStateQuery(change: ChangeStateOptions & { state: WantedState }): string {
  return queryString({
    canaries: change.canaries,
    dry_run: change.dryRun,
    fix: change.fix,
    max_in_flight: change.maxInFlight,
    recreate_vms_created_before: change.vmsCreatedBefore,
    skip_drain: change.skipDrain,
    state: change.state,
  });
}
