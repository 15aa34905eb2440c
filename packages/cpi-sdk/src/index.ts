export type { AgentSettings, DiskHint } from '@boti/agent-protocol';
export {
  type AgentId,
  agentId,
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
} from '@boti/core';
export { type AgentOptions, type AgentSettingsInput, agentOptionsSchema, agentSettings } from './agent-settings.ts';
export { CloudError, type CloudErrorType, cloudErrorTypes, isCloudError } from './cloud-error.ts';
export { type CloudPropertySchemas, parseCloudProperties, propertiesMarkdown } from './cloud-properties.ts';
export { deleteIfThere } from './clouds/already-gone.ts';
export { diskHints, freeDevicePath } from './clouds/disk-hints.ts';
export { type NameRules, resourceName, type TagRules, tagsOf } from './clouds/names-and-tags.ts';
export { type RateLimit, type RateLimitOptions, rateLimit } from './clouds/rate-limit.ts';
export { type RetryBudget, retryWithin } from './clouds/retry-within.ts';
export { type DeadlineOptions, withDeadline } from './clouds/with-deadline.ts';
export { type RawConfig, readConfig, resolveConfig } from './config.ts';
export type {
  Cloud,
  CloudProperties,
  CpiInfo,
  CreateVmRequest,
  Metadata,
  VmEnv,
  VmNetwork,
  VmNetworks,
  VmResources,
} from './contract.ts';
export {
  type CpiCommand,
  type CpiContext,
  type CpiDefinition,
  type DispatchOptions,
  dispatch,
  parseRequest,
} from './dispatch.ts';
export { type HostLocks, hostLocks } from './host-locks.ts';
export {
  type ConvertOptions,
  convertImage,
  packRawImage,
  type TargetFormat,
  targetFormats,
  virtualSize,
} from './images/convert-image.ts';
export { detectImageFormat, type ImageFormat, imageFormats } from './images/image-format.ts';
export { imageOfStemcell, lightStemcellCid } from './images/light-stemcell.ts';
export { openStemcellImage, type StemcellImage } from './images/stemcell-image.ts';
export { type Journal, type JournalOptions, journal, type MadeThing } from './journal.ts';
export { redactRequest, redactResult } from './redact.ts';
export { redactSecrets } from './redact-secrets.ts';
export { type CpiExecutable, serveCpi, serveExecutable } from './serve-cpi.ts';
export { type LineServer, serveLines } from './serve-lines.ts';
export {
  type ConfigDriveContent,
  type ConfigDriveFormat,
  configDriveFormats,
  configDriveImage,
} from './settings/config-drive-image.ts';
export {
  type MetadataServer,
  type MetadataServerOptions,
  metadataServer,
  type VmMetadata,
} from './settings/metadata-server.ts';
export { type RegistryClient, type RegistryOptions, registryClient } from './settings/registry-client.ts';
export {
  configDriveDelivery,
  fileDelivery,
  needsRegistry,
  ownDelivery,
  registryDelivery,
  type SettingsDelivery,
  userDataDelivery,
  type VmPayload,
} from './settings/settings-delivery.ts';
export { type CpiRequest, type CpiResponse, maxApiVersion, toWireError, type WireError } from './wire.ts';
