import { z } from 'zod';
import { mediaTypes } from '../media-types.ts';
import { type CleanUpPlan, cleanUpPlanSchema } from '../shapes/clean-up.ts';
import { type Problem, problemSchema } from '../shapes/cloud-check.ts';
import {
  type Errand,
  type ErrandResult,
  errandResultSchema,
  errandSchema,
  type RunErrandRequest,
} from '../shapes/errands.ts';
import { type SshRequest, type SshResult, sshResultSchema } from '../shapes/ssh.ts';
import { type Task, taskSchema } from '../shapes/tasks.ts';
import type { InstanceTarget } from './deployments.ts';
import type { DirectorSession } from './director-session.ts';
import { parseLines } from './parse-lines.ts';
import { path, queryString } from './query-string.ts';

const json = { 'Content-Type': mediaTypes.json };

export function errandsApi(session: DirectorSession) {
  return {
    async list(deployment: string): Promise<Errand[]> {
      const request = { method: 'GET', path: path`/deployments/${deployment}/errands` } as const;
      return await session.json('Finding errands', request, z.array(errandSchema));
    },

    async run(deployment: string, errand: string, options: RunErrandRequest): Promise<Task> {
      const url = path`/deployments/${deployment}/errands/${errand}/runs`;
      const request = { method: 'POST', path: url, headers: json, body: JSON.stringify(options) } as const;
      return await session.json(`Running errand '${errand}'`, request, taskSchema);
    },
  };
}

export function parseErrandResults(result: string): ErrandResult[] {
  return parseLines(result, errandResultSchema);
}

export function cloudCheckApi(session: DirectorSession) {
  return {
    async scan(deployment: string): Promise<Task> {
      const request = { method: 'POST', path: path`/deployments/${deployment}/scans`, headers: json } as const;
      return await session.json(`Performing a scan on deployment '${deployment}'`, request, taskSchema);
    },

    async problems(deployment: string): Promise<Problem[]> {
      const request = { method: 'GET', path: path`/deployments/${deployment}/problems` } as const;
      return await session.json('Listing problems', request, z.array(problemSchema));
    },

    /** `maxInFlight`, by instance group, instead of the manifest's: a number, or a share as `10%`. */
    async resolve(
      deployment: string,
      resolutions: Readonly<Record<string, string | null>>,
      maxInFlight: Readonly<Record<string, string>> = {},
    ): Promise<Task> {
      const url = path`/deployments/${deployment}/problems`;
      const overrides = Object.keys(maxInFlight).length === 0 ? {} : { max_in_flight_overrides: maxInFlight };
      const body = JSON.stringify({ resolutions, ...overrides });
      const request = { method: 'PUT', path: url, headers: json, body } as const;
      return await session.json(`Resolving problems of deployment '${deployment}'`, request, taskSchema);
    },
  };
}

export interface LogsQuery {
  /** `job`, `agent`, `system`, joined with commas. */
  readonly types: string;
  readonly filters?: readonly string[];
}

export function logsApi(session: DirectorSession) {
  return {
    /** The task's own `result` is the id of the tarball among the Director's resources. */
    async fetch(deployment: string, target: InstanceTarget, { types, filters = [] }: LogsQuery): Promise<Task> {
      const query = queryString({ filters: filters.join(',') || undefined, type: types });
      const url = `${path`/deployments/${deployment}/jobs/${target.group}/${target.id ?? '*'}/logs`}${query}`;
      return await session.json('Fetching logs', { method: 'GET', path: url }, taskSchema);
    },
  };
}

export function sshApi(session: DirectorSession) {
  return {
    async start(deployment: string, request: SshRequest): Promise<Task> {
      const url = path`/deployments/${deployment}/ssh`;
      const sent = { method: 'POST', path: url, headers: json, body: JSON.stringify(request) } as const;
      return await session.json(`${request.command === 'setup' ? 'Setting up' : 'Cleaning up'} SSH`, sent, taskSchema);
    },
  };
}

export function parseSshResults(result: string): SshResult[] {
  return parseLines(result, z.array(sshResultSchema)).flat();
}

export function cleanUpApi(session: DirectorSession) {
  return {
    async plan(removeAll: boolean, keepOrphanedDisks: boolean): Promise<CleanUpPlan> {
      const query = queryString({ keep_orphaned_disks: keepOrphanedDisks, remove_all: removeAll });
      return await session.json(
        'Planning clean-up',
        { method: 'GET', path: `/cleanup/dryrun${query}` },
        cleanUpPlanSchema,
      );
    },

    async run(removeAll: boolean, keepOrphanedDisks: boolean): Promise<Task> {
      const body = JSON.stringify({ config: { remove_all: removeAll, keep_orphaned_disks: keepOrphanedDisks } });
      return await session.json('Cleaning up', { method: 'POST', path: '/cleanup', headers: json, body }, taskSchema);
    },
  };
}
