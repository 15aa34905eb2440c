export { ArchiveInvalid } from '@boti/archive';
export { addBlob, removeBlob } from './dir/add-blob.ts';
export { type Blob, listBlobs } from './dir/blobs-index.ts';
export { convertDigests } from './dir/convert-digests.ts';
export { type CreatedRelease, type CreateReleaseOptions, createRelease } from './dir/create-release.ts';
export { globMatcher } from './dir/file-globs.ts';
export { type FinalizeReleaseOptions, finalizeRelease } from './dir/finalize-release.ts';
export { jobFingerprint, licenseFingerprint, packageFingerprint } from './dir/fingerprint.ts';
export { fingerprintsOf, type SourceFingerprint } from './dir/fingerprints-of.ts';
export { generateJob, generatePackage } from './dir/generate-sources.ts';
export { initRelease } from './dir/init-release.ts';
export { type PackReleaseOptions, packRelease } from './dir/pack-release.ts';
export {
  type OpenReleaseBlobstore,
  openLocalReleaseBlobstore,
  type ReleaseBlobstore,
} from './dir/release-blobstore.ts';
export type { BlobstoreConfig } from './dir/release-config.ts';
export type { DirectoryOptions } from './dir/release-directory.ts';
export { resetRelease } from './dir/reset-release.ts';
export { syncBlobs } from './dir/sync-blobs.ts';
export { uploadBlobs } from './dir/upload-blobs.ts';
export { type VendorPackageOptions, vendorPackage } from './dir/vendor-package.ts';
export { type TarballOptions, type TarballPart, writeReleaseTarball } from './dir/write-release-tarball.ts';
export { type JobSpec, JobSpecInvalid, jobSpecSchema, parseJobSpec } from './formats/job-spec.ts';
export {
  formatReleaseManifest,
  parseReleaseManifest,
  type ReleaseCompiledPackageEntry,
  type ReleaseJobEntry,
  type ReleaseLicenseEntry,
  type ReleaseManifest,
  ReleaseManifestInvalid,
  type ReleasePackageEntry,
  releaseManifestSchema,
} from './formats/release-manifest.ts';
export { type ReleaseJob, readJob } from './read-job.ts';
export {
  type Extracted,
  type ExtractedRelease,
  extractRelease,
  readReleaseManifest,
  verifyRelease,
} from './read-release.ts';
export {
  compareVersions,
  isLatestPattern,
  nextDevVersion,
  nextFinalVersion,
  parseVersion,
  resolveVersion,
  sortVersions,
  type Version,
  VersionInvalid,
} from './version.ts';
