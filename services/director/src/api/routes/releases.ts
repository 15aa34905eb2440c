import {
  exportReleaseRequestSchema,
  releaseContentsSchema,
  releaseSchema,
  releaseVersionSchema,
  remoteUploadSchema,
} from '@boti/director-api';
import { sortVersions } from '@boti/release';
import { z } from 'zod';
import { compiledPackagesOf } from '../../compilation/compiled-package-store.ts';
import { requireDeployment } from '../../deployments/deployment-store.ts';
import { ReleaseNotFound, ReleaseVersionNotFound } from '../../errors.ts';
import type { CompiledPackage } from '../../planner/snapshot.ts';
import { jobsOfVersion } from '../../releases/job-store.ts';
import { packagesOfVersion } from '../../releases/package-store.ts';
import { findReleaseId, listVersions, releaseVersionIds, versionsOf } from '../../releases/release-store.ts';
import { deleteReleaseTask, exportReleaseTask, updateReleaseTask } from '../../tasks/task-kinds.ts';
import { jobsOfRelease, packagesOfRelease } from '../../views/release-view-store.ts';
import type { ApiDeps } from '../deps.ts';
import { type ApiRequest, json, type Reply, type Route, text } from '../route.ts';
import { startTask } from '../start-task.ts';

export function releaseRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/releases',
      summary: 'List releases and their versions',
      right: 'read_releases',
      reply: z.array(releaseSchema),
      handle: () => list(deps),
    },
    {
      method: 'GET',
      path: '/releases/:name',
      summary: 'Show what is in a release, or (version=) in one version',
      right: 'read',
      reply: z.union([releaseVersionSchema, releaseContentsSchema]),
      handle: (request) => show(deps, request),
    },
    {
      method: 'POST',
      path: '/releases',
      summary: 'Upload a release, or have the Director fetch it',
      right: 'upload_releases',
      media: ['json', 'tarball', 'multipart'],
      body: remoteUploadSchema,
      reply: 'task',
      handle: (request) => upload(deps, request),
    },
    {
      method: 'DELETE',
      path: '/releases/:name',
      summary: 'Delete a release, or one version of it',
      right: 'admin',
      reply: 'task',
      handle: (request) => remove(deps, request),
    },
    {
      method: 'POST',
      path: '/releases/export',
      summary: 'Compile a release for a stemcell and pack it',
      right: 'admin',
      media: ['json'],
      body: exportReleaseRequestSchema,
      reply: 'task',
      handle: (request) => exportRelease(deps, request),
    },
  ];
}

async function list({ database }: ApiDeps): Promise<Reply> {
  const versions = await listVersions(database);
  const byRelease = Map.groupBy(versions, ({ release }) => release);
  return json(
    [...byRelease].map(([name, own]) => {
      const order = sortVersions(own.map(({ version }) => version));
      const sorted = own.toSorted((a, b) => order.indexOf(a.version) - order.indexOf(b.version));
      return {
        name,
        release_versions: sorted.map((version) => ({
          version: version.version,
          commit_hash: version.commitHash,
          uncommitted_changes: version.uncommittedChanges,
          currently_deployed: version.deployments.length > 0,
          job_names: version.jobNames,
        })),
      };
    }),
  );
}

async function show(deps: ApiDeps, { params, query }: ApiRequest): Promise<Reply> {
  const name = params.name ?? '';
  const id = await findReleaseId(deps.database, name);
  if (id === undefined) throw new ReleaseNotFound(name);
  const version = query.filled('version');
  return version === undefined ? showRelease(deps, name, id) : showVersion(deps, name, version);
}

async function showRelease({ database }: ApiDeps, name: string, id: number): Promise<Reply> {
  const packages = await packagesOfRelease(database, name);
  const jobs = await jobsOfRelease(database, name);
  const versions = await versionsOf(database, id);
  return json({
    packages: packages.map(({ name: own, sha1, version, dependencies }) => ({
      name: own,
      sha1,
      version,
      dependencies,
    })),
    jobs: jobs.map(({ name: own, sha1, version, packageNames }) => ({
      name: own,
      sha1,
      version,
      packages: packageNames,
    })),
    versions: sortVersions(versions.map(({ version }) => version)),
  });
}

async function showVersion({ database }: ApiDeps, name: string, version: string): Promise<Reply> {
  const [id] = await releaseVersionIds(database, [{ name, version }]);
  if (id === undefined) throw new ReleaseVersionNotFound(name, version);
  const jobs = await jobsOfVersion(database, id);
  const packages = await packagesOfVersion(database, id);
  const ids = packages.map((one) => one.id);
  const compiled = Map.groupBy(await compiledPackagesOf(database, ids), ({ packageId }) => packageId);
  return json({
    jobs: jobs.map(({ spec, ...job }) => ({
      name: job.name,
      blobstore_id: job.blobstoreId,
      sha1: job.sha1,
      fingerprint: job.fingerprint,
      consumes: spec.consumes ?? [],
      provides: spec.provides ?? [],
    })),
    packages: packages.map((one) => ({
      name: one.name,
      blobstore_id: one.blobstoreId,
      sha1: one.sha1,
      fingerprint: one.fingerprint,
      compiled_packages: (compiled.get(one.id) ?? []).map(compiledToWire),
    })),
  });
}

function compiledToWire(one: CompiledPackage): Record<string, string> {
  return { stemcell: `${one.stemcellOs}/${one.stemcellVersion}`, sha1: one.sha1, blobstore_id: one.blobstoreId };
}

async function upload(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { query } = request;
  const options = { rebase: query.flag('rebase'), fix: query.flag('fix') };
  if (request.media !== 'json') {
    const tarball = await request.upload();
    return startTask(deps, request, { kind: updateReleaseTask, input: { tarball, ...options } });
  }
  const { location, sha1 } = await request.json(remoteUploadSchema);
  const inQuery = query.filled('sha1');
  if (sha1 !== undefined && inQuery !== undefined) {
    return text('Give sha1 in the body or in the query, not in both', 400);
  }
  const tarball = { location, sha1: sha1 ?? inQuery ?? null };
  return startTask(deps, request, { kind: updateReleaseTask, input: { tarball, ...options } });
}

async function remove(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const name = request.params.name ?? '';
  if ((await findReleaseId(deps.database, name)) === undefined) throw new ReleaseNotFound(name);
  const version = request.query.filled('version') ?? null;
  if (version !== null && (await releaseVersionIds(deps.database, [{ name, version }])).length === 0) {
    throw new ReleaseVersionNotFound(name, version);
  }
  const input = { name, version, force: request.query.flag('force') };
  return startTask(deps, request, { kind: deleteReleaseTask, input });
}

async function exportRelease(deps: ApiDeps, request: ApiRequest): Promise<Reply> {
  const wanted = await request.json(exportReleaseRequestSchema);
  const deployment = await requireDeployment(deps.database, wanted.deployment_name);
  const input = {
    deployment: deployment.name,
    release: wanted.release_name,
    version: wanted.release_version,
    stemcellOs: wanted.stemcell_os,
    stemcellVersion: wanted.stemcell_version,
    sha2: wanted.sha2,
    jobs: wanted.jobs.map(({ name }) => name),
  };
  return startTask(deps, request, { kind: exportReleaseTask, input, deployment });
}
