export { ArchiveInvalid } from './archive/read-tar.ts';
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
export { type Extracted, type ExtractedRelease, extractRelease, readReleaseManifest } from './read-release.ts';
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
