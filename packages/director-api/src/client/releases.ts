import { z } from 'zod';
import { mediaTypes } from '../media-types.ts';
import {
  type ExportReleaseRequest,
  packageMatchesSchema,
  type Release,
  type ReleaseVersion,
  releaseSchema,
  releaseVersionSchema,
} from '../shapes/releases.ts';
import { type Task, taskSchema } from '../shapes/tasks.ts';
import type { DirectorSession } from './director-session.ts';
import type { StreamBody } from './http-exchange.ts';
import { path, queryString } from './query-string.ts';

export interface UploadReleaseOptions {
  readonly rebase?: boolean;
  readonly fix?: boolean;
}

const json = { 'Content-Type': mediaTypes.json };

export function releasesApi(session: DirectorSession) {
  return {
    async list(): Promise<Release[]> {
      return await session.json('Finding releases', { method: 'GET', path: '/releases' }, z.array(releaseSchema));
    },

    async get(name: string, version: string): Promise<ReleaseVersion> {
      const url = path`/releases/${name}?version=${version}`;
      return await session.json(
        `Finding release '${name}/${version}'`,
        { method: 'GET', path: url },
        releaseVersionSchema,
      );
    },

    /** Fingerprints of packages that the Director has already. `kind` says which list of the manifest is compared. */
    async matches(manifest: string, kind: 'source' | 'compiled'): Promise<string[]> {
      const url = kind === 'source' ? '/packages/matches' : '/packages/matches_compiled';
      const headers = { 'Content-Type': mediaTypes.yaml };
      const request = { method: 'POST', path: url, headers, body: manifest } as const;
      return await session.json('Matching packages', request, packageMatchesSchema);
    },

    async upload(body: StreamBody, options: UploadReleaseOptions): Promise<Task> {
      const headers = { 'Content-Type': mediaTypes.tarball };
      const request = { method: 'POST', path: `/releases${queryString({ ...options })}`, headers, body } as const;
      return await session.json('Uploading release', request, taskSchema);
    },

    async uploadFrom(location: string, sha1: string | undefined, options: UploadReleaseOptions): Promise<Task> {
      const body = JSON.stringify({ location, ...(sha1 ? { sha1 } : {}) });
      const request = { method: 'POST', path: `/releases${queryString({ ...options })}`, headers: json, body } as const;
      return await session.json('Uploading release', request, taskSchema);
    },

    async delete(name: string, version: string | undefined, force: boolean): Promise<Task> {
      const url = path`/releases/${name}` + queryString({ force, version });
      return await session.json(`Deleting release '${name}'`, { method: 'DELETE', path: url }, taskSchema);
    },

    async export(request: ExportReleaseRequest): Promise<Task> {
      const body = JSON.stringify(request);
      const sent = { method: 'POST', path: '/releases/export', headers: json, body } as const;
      return await session.json('Exporting release', sent, taskSchema);
    },
  };
}
