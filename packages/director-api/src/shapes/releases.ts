import { z } from 'zod';

/** One element of `GET /releases` */
export const releaseSchema = z.object({
  name: z.string(),
  release_versions: z.array(
    z.object({
      version: z.string(),
      commit_hash: z.string().nullable(),
      uncommitted_changes: z.boolean().nullable(),
      currently_deployed: z.boolean(),
      job_names: z.array(z.string()).nullish(),
    }),
  ),
});

const linkSchema = z.object({ name: z.string().optional(), type: z.string().optional() }).loose();

/** `GET /releases/:name?version=…` */
export const releaseVersionSchema = z.object({
  jobs: z.array(
    z.object({
      name: z.string(),
      blobstore_id: z.string(),
      sha1: z.string(),
      fingerprint: z.string(),
      consumes: z.array(linkSchema).nullish(),
      provides: z.array(linkSchema).nullish(),
    }),
  ),
  packages: z.array(
    z.object({
      name: z.string(),
      blobstore_id: z.string().nullable(),
      sha1: z.string().nullable(),
      fingerprint: z.string(),
      compiled_packages: z.array(z.object({ stemcell: z.string(), sha1: z.string(), blobstore_id: z.string() })),
    }),
  ),
});

/** `GET /releases/:name` without a version: everything any version of it has. */
export const releaseContentsSchema = z.object({
  packages: z.array(
    z.object({ name: z.string(), sha1: z.string().nullable(), version: z.string(), dependencies: z.array(z.string()) }),
  ),
  jobs: z.array(z.object({ name: z.string(), sha1: z.string(), version: z.string(), packages: z.array(z.string()) })),
  versions: z.array(z.string()),
});

/** JSON body of `POST /releases` and `POST /stemcells`: where the Director finds the tarball. */
export const remoteUploadSchema = z.object({ location: z.string(), sha1: z.string().optional() });

/** `POST /releases/export` */
export const exportReleaseRequestSchema = z.object({
  deployment_name: z.string(),
  release_name: z.string(),
  release_version: z.string(),
  stemcell_os: z.string(),
  stemcell_version: z.string(),
  sha2: z.boolean(),
  jobs: z.array(z.object({ name: z.string() })),
});

/** Result line of an export. */
export const exportedReleaseSchema = z.object({ blobstore_id: z.string(), sha1: z.string() });

/** Reply of `POST /packages/matches` and `…/matches_compiled`: fingerprints the Director has already. */
export const packageMatchesSchema = z.array(z.string());

export type Release = z.infer<typeof releaseSchema>;
export type ReleaseVersion = z.infer<typeof releaseVersionSchema>;
export type ReleaseContents = z.infer<typeof releaseContentsSchema>;
export type RemoteUpload = z.infer<typeof remoteUploadSchema>;
export type ExportReleaseRequest = z.infer<typeof exportReleaseRequestSchema>;
export type ExportedRelease = z.infer<typeof exportedReleaseSchema>;
