export { type ByteRange, byteRange } from './byte-range.ts';
export { type Clock, systemClock } from './clock.ts';
export { closest } from './closest.ts';
export { compareBytes } from './compare-bytes.ts';
export { KeyedLock, mapConcurrent } from './concurrency.ts';
export { deepMerge } from './deep-merge.ts';
export {
  type DigestAlgorithm,
  DigestMismatch,
  digestOf,
  digestOfFile,
  formatDigest,
  parseDigests,
  strongestDigest,
  verifyDigest,
  verifyFileDigest,
} from './digest.ts';
export { ExpectedError, errnoOf, messageOf } from './errors.ts';
export { formatBytes, formatDecimalBytes } from './format-bytes.ts';
export {
  type AgentId,
  agentId,
  type BlobId,
  type Brand,
  blobId,
  type DiskCid,
  diskCid,
  type NetworkCid,
  networkCid,
  type SnapshotCid,
  type StemcellCid,
  snapshotCid,
  stemcellCid,
  type VmCid,
  vmCid,
} from './ids.ts';
export { isReachable, isThere } from './is-there.ts';
export {
  jsonLogger,
  type LineSink,
  type LogFields,
  type Logger,
  type LogLevel,
  logLevels,
  silentLogger,
} from './logger.ts';
export { readIfThere, readJsonFile } from './read-file.ts';
export { type RetryOptions, retry } from './retry.ts';
export { CommandFailed, type CommandOptions, type CommandResult, runCommand, tryCommand } from './run-command.ts';
export { Secret } from './secret.ts';
export { syncDirectory } from './sync-directory.ts';
export { openTempDir, type TempDir } from './temp-dir.ts';
export { writeFileAtomic } from './write-file-atomic.ts';
