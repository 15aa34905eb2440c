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
export { type Journal, type JournalOptions, journal, type MadeThing } from './journal.ts';
export { redactRequest, redactResult } from './redact.ts';
export { type CpiExecutable, serveCpi, serveExecutable } from './serve-cpi.ts';
export { type LineServer, serveLines } from './serve-lines.ts';
export {
  type ConfigDriveContent,
  type ConfigDriveFormat,
  configDriveFormats,
  configDriveImage,
} from './settings/config-drive-image.ts';
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
