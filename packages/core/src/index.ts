export { type Clock, systemClock } from './clock.ts';
export { closest } from './closest.ts';
export { KeyedLock, mapConcurrent } from './concurrency.ts';
export {
  type DigestAlgorithm,
  DigestMismatch,
  digestOf,
  digestOfFile,
  formatDigest,
  parseDigests,
  verifyDigest,
  verifyFileDigest,
} from './digest.ts';
export { ExpectedError, errnoOf, messageOf } from './errors.ts';
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
export {
  jsonLogger,
  type LineSink,
  type LogFields,
  type Logger,
  type LogLevel,
  logLevels,
  silentLogger,
} from './logger.ts';
export { type RetryOptions, retry } from './retry.ts';
export { CommandFailed, type CommandOptions, type CommandResult, runCommand, tryCommand } from './run-command.ts';
export { Secret } from './secret.ts';
export { writeFileAtomic } from './write-file-atomic.ts';
