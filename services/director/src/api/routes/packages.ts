import { blobId } from '@boti/core';
import { packageMatchesSchema } from '@boti/director-api';
import { z } from 'zod';
import { BadManifest } from '../../errors.ts';
import { dependencyKey } from '../../planner/dependency-key.ts';
import { knownFingerprints } from '../../releases/package-store.ts';
import {
  type CompiledIdentity,
  isHalfUploaded,
  isPackageBlob,
  jobsOfRelease,
  knownCompiledPackages,
} from '../../views/release-view-store.ts';
import type { ApiDeps } from '../deps.ts';
import { parseMapping } from '../parse-mapping.ts';
import { type ApiRequest, empty, json, type Reply, type Route, text } from '../route.ts';

/** What a client asks before and after uploads: which packages the Director has, what is in a job. */
export function packageRoutes(deps: ApiDeps): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/packages/matches',
      summary: 'Which packages of a release manifest need not be uploaded',
      right: 'admin',
      media: ['yaml'],
      reply: packageMatchesSchema,
      handle: (request) => matches(deps, request),
    },
    {
      method: 'POST',
      path: '/packages/matches_compiled',
      summary: 'Which compiled packages of a release manifest need not be uploaded',
      right: 'admin',
      media: ['yaml'],
      reply: packageMatchesSchema,
      handle: (request) => matchesCompiled(deps, request),
    },
    {
      method: 'GET',
      path: '/packages/blobs/:id',
      summary: "Download a package's source",
      right: 'read',
      handle: (request) => packageBlob(deps, request),
    },
    {
      method: 'GET',
      path: '/jobs',
      summary: "Show a job's spec",
      right: 'read',
      handle: (request) => jobs(deps, request),
    },
  ];
}

const versionText = z.union([z.string(), z.number()]).transform(String);
const manifestSchema = z.object({ name: z.string(), version: versionText });
const packageSchema = z.object({
  name: z.string(),
  fingerprint: z.string().nullish(),
  version: versionText,
  stemcell: z.string().optional(),
  dependencies: z
    .array(z.string())
    .nullish()
    .transform((names) => names ?? []),
});

type ManifestPackage = z.infer<typeof packageSchema>;

async function readPackages(request: ApiRequest, key: 'packages' | 'compiled_packages') {
  const mapping = parseMapping(await request.text(), 'Manifest');
  const packages = z.array(packageSchema).safeParse(mapping[key]);
  if (!packages.success) throw new BadManifest(`Manifest doesn't include valid ${key.replace('_', ' ')}`);
  return { release: manifestSchema.safeParse(mapping).data, packages: packages.data };
}

async function matches({ database }: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { release, packages } = await readPackages(request, 'packages');
  if (release !== undefined && (await isHalfUploaded(database, release.name, release.version))) return json([]);
  const fingerprints = packages.map(fingerprintOf);
  const known = new Set(await knownFingerprints(database, fingerprints));
  return json(fingerprints.filter((fingerprint) => known.has(fingerprint)));
}

async function matchesCompiled({ database }: ApiDeps, request: ApiRequest): Promise<Reply> {
  const { packages } = await readPackages(request, 'compiled_packages');
  const byName = new Map(packages.map((one) => [one.name, asPackage(one)]));
  const wanted = packages.map((one): CompiledIdentity => {
    const [stemcellOs = '', stemcellVersion = ''] = one.stemcell?.split('/') ?? [];
    const key = dependencyKey(asPackage(one), byName);
    return { name: one.name, fingerprint: fingerprintOf(one), stemcellOs, stemcellVersion, dependencyKey: key };
  });
  const known = new Set(await knownCompiledPackages(database, wanted));
  return json(wanted.map(({ fingerprint }) => fingerprint).filter((fingerprint) => known.has(fingerprint)));
}

function fingerprintOf(one: ManifestPackage): string {
  return one.fingerprint ?? one.version;
}

function asPackage(one: ManifestPackage) {
  const { name, version, dependencies } = one;
  return { id: 0, name, version, fingerprint: fingerprintOf(one), blobstoreId: null, sha1: null, dependencies };
}

async function packageBlob({ database, blobstore }: ApiDeps, { params }: ApiRequest): Promise<Reply> {
  const id = params.id ?? '';
  if (!(await isPackageBlob(database, id))) return text(`Could not find package blob with id '${id}'`, 400);
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'content-disposition': `attachment; filename="${id}"` },
    body: await blobstore.open(blobId(id)),
  };
}

async function jobs({ database }: ApiDeps, { query }: ApiRequest): Promise<Reply> {
  const name = query.filled('name');
  const release = query.filled('release_name');
  const fingerprint = query.filled('fingerprint');
  if (name === undefined || release === undefined || fingerprint === undefined) return empty(400);
  const found = (await jobsOfRelease(database, release)).filter(
    (job) => job.name === name && job.fingerprint === fingerprint,
  );
  if (found.length === 0) return empty(404);
  return json(found.map((job) => ({ name: job.name, fingerprint: job.fingerprint, spec: job.spec })));
}
