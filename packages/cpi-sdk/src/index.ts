export { CloudError, type CloudErrorType, cloudErrorTypes, isCloudError } from './cloud-error.ts';
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
