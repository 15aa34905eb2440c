import { DirectorError, defineError } from './director-error.ts';

// Numbers, names and statuses are BOSH's: clients match on them. Add lines, never change one. 70006 and 530006 are each two errors.

type Text = new (message: string, options?: { readonly hint?: string }) => DirectorError;

/** For outcomes whose message is said where they happen. */
function plain(name: string, errorCode: number, httpStatus = 400): Text {
  return class extends DirectorError {
    constructor(message: string, options: { readonly hint?: string } = {}) {
      super(errorCode, httpStatus, message, options);
      this.name = name;
    }
  };
}

export const TaskNotFound = defineError('TaskNotFound', 10000, 404, (id: number | string) => `Task ${id} not found`);
export const TaskCancelled = defineError('TaskCancelled', 10001, 200, (id: number) => `Task ${id} cancelled`);
export const TaskUnexpectedState = plain('TaskUnexpectedState', 10002);
export const NetworkNotFoundError = plain('NetworkNotFoundError', 16012);
export const NetworkPrefixSizeTooBig = plain('NetworkPrefixSizeTooBig', 16013);
export const NetworkPrefixSizesDiffer = plain('NetworkPrefixSizesDiffer', 16014);
export const NetworkPrefixStaticIpNotBaseAddress = plain('NetworkPrefixStaticIpNotBaseAddress', 16015);
export const UserNotFound = plain('UserNotFound', 20000, 404);
export const UserImmutableUsername = plain('UserImmutableUsername', 20001);
export const UserInvalid = plain('UserInvalid', 20002);
export const UserNameTaken = plain('UserNameTaken', 20003);
export const UserManagementNotSupported = plain('UserManagementNotSupported', 20004);
export const ReleaseAlreadyExists = plain('ReleaseAlreadyExists', 30000);
export const ReleaseExistingPackageHashMismatch = plain('ReleaseExistingPackageHashMismatch', 30001);
export const ReleaseInvalidArchive = plain('ReleaseInvalidArchive', 30002);
export const ReleaseManifestNotFound = plain('ReleaseManifestNotFound', 30003);
export const ReleaseExistingJobHashMismatch = plain('ReleaseExistingJobHashMismatch', 30004);
export const ReleaseNotFound = defineError(
  'ReleaseNotFound',
  30005,
  404,
  (name: string) => `Release '${name}' doesn't exist`,
);
export const ReleaseVersionNotFound = defineError(
  'ReleaseVersionNotFound',
  30006,
  404,
  (name: string, version: string) => `Release version '${name}/${version}' doesn't exist`,
);
export const ReleaseInUse = defineError(
  'ReleaseInUse',
  30007,
  400,
  (name: string, deployments: readonly string[]) => `Release '${name}' is still in use by: ${deployments.join(', ')}`,
);
export const ReleaseVersionInUse = defineError(
  'ReleaseVersionInUse',
  30008,
  400,
  (version: string, deployments: readonly string[]) =>
    `ReleaseVersion '${version}' is still in use by: ${deployments.join(', ')}`,
);
export const ReleaseDeleteFailed = plain('ReleaseDeleteFailed', 30009);
export const ReleaseVersionInvalid = plain('ReleaseVersionInvalid', 30010);
export const ReleaseNotMatchingManifest = plain('ReleaseNotMatchingManifest', 30011);
export const ReleaseInvalidPackage = plain('ReleaseInvalidPackage', 30012);
export const ReleaseExistingJobFingerprintMismatch = plain('ReleaseExistingJobFingerprintMismatch', 30013);
export const ReleaseVersionCommitHashMismatch = plain('ReleaseVersionCommitHashMismatch', 30014);
export const ReleaseSha1DoesNotMatch = plain('ReleaseSha1DoesNotMatch', 30015);
export const ReleasePackageDependencyKeyMismatch = plain('ReleasePackageDependencyKeyMismatch', 30016);
export const ValidationInvalidType = plain('ValidationInvalidType', 40000);
export const ValidationMissingField = plain('ValidationMissingField', 40001);
export const ValidationViolatedMin = plain('ValidationViolatedMin', 40002);
export const ValidationViolatedMax = plain('ValidationViolatedMax', 40003);
export const ValidationExtraField = plain('ValidationExtraField', 40004);
export const ValidationInvalidValue = plain('ValidationInvalidValue', 40005);
export const StemcellInvalidArchive = plain('StemcellInvalidArchive', 50000);
export const StemcellImageNotFound = plain('StemcellImageNotFound', 50001);
export const StemcellAlreadyExists = plain('StemcellAlreadyExists', 50002);
export const StemcellNotFound = plain('StemcellNotFound', 50003, 404);
export const StemcellInUse = defineError(
  'StemcellInUse',
  50004,
  400,
  (stemcell: string, deployments: readonly string[]) =>
    `Stemcell '${stemcell}' is still in use by: ${deployments.join(', ')}`,
);
export const StemcellAliasAlreadyExists = plain('StemcellAliasAlreadyExists', 50005);
export const StemcellSha1DoesNotMatch = plain('StemcellSha1DoesNotMatch', 50007);
export const StemcellNotSupported = plain('StemcellNotSupported', 50008);
export const PackageInvalidArchive = plain('PackageInvalidArchive', 60000);
export const PackageMissingSourceCode = plain('PackageMissingSourceCode', 60001);
export const CompiledPackageDeletionFailed = plain('CompiledPackageDeletionFailed', 60002);
export const PackageMissingExportedFrom = plain('PackageMissingExportedFrom', 60003);
export const StemcellNotPresentInExportedFrom = plain('StemcellNotPresentInExportedFrom', 60004);
export const DeploymentNotFound = defineError(
  'DeploymentNotFound',
  70000,
  404,
  (name: string) => `Deployment '${name}' doesn't exist`,
);
export const InstanceNotFound = plain('InstanceNotFound', 70001, 404);
export const InstanceInvalidIndex = defineError(
  'InstanceInvalidIndex',
  70002,
  400,
  (index: string) => `Invalid instance index or id '${index}'`,
);
export const InstanceDeploymentMissing = plain('InstanceDeploymentMissing', 70003);
export const InstanceVmMissing = plain('InstanceVmMissing', 70004);
export const VmAgentIdMissing = plain('VmAgentIdMissing', 70005);
export const VmCloudIdMissing = plain('VmCloudIdMissing', 70006);
export const VmInstanceOutOfSync = plain('VmInstanceOutOfSync', 70006);
export const InstanceTargetStateUndefined = plain('InstanceTargetStateUndefined', 70007);
export const SnapshotNotFound = plain('SnapshotNotFound', 70008);
export const JobNotFound = plain('JobNotFound', 70009, 404);
export const ContextIdViolatedMax = defineError(
  'ContextIdViolatedMax',
  70010,
  400,
  () => 'X-Bosh-Context-Id cannot be more than 64 characters in length',
);
export const VariableSetNotFound = plain('VariableSetNotFound', 70011);
export const ConfigTypeMismatch = plain('ConfigTypeMismatch', 70012, 500);
export const JobInvalidArchive = plain('JobInvalidArchive', 80000);
export const JobMissingManifest = plain('JobMissingManifest', 80001);
export const JobMissingTemplateFile = plain('JobMissingTemplateFile', 80002);
export const JobMissingPackage = plain('JobMissingPackage', 80003);
export const JobMissingMonit = plain('JobMissingMonit', 80004);
export const JobInvalidLogSpec = plain('JobInvalidLogSpec', 80005);
export const JobTemplateBindingFailed = plain('JobTemplateBindingFailed', 80006);
export const JobInvalidPropertySpec = plain('JobInvalidPropertySpec', 80008);
export const InstanceGroupInvalidPropertyMapping = plain('InstanceGroupInvalidPropertyMapping', 80009);
export const JobIncompatibleSpecs = plain('JobIncompatibleSpecs', 80010);
export const JobPackageCollision = plain('JobPackageCollision', 80011);
export const JobInvalidPackageSpec = plain('JobInvalidPackageSpec', 80012);
export const JobInvalidLinkSpec = plain('JobInvalidLinkSpec', 80013);
export const JobDuplicateLinkName = plain('JobDuplicateLinkName', 80014);
export const JobWithExportedFromMismatch = plain('JobWithExportedFromMismatch', 80015);
export const JobInvalidName = plain('JobInvalidName', 80016);
export const InstanceGroupInvalidLifecycleError = plain('InstanceGroupInvalidLifecycleError', 90000, 422);
export const SubnetNotFoundInDB = plain('SubnetNotFoundInDB', 91000);
export const ResourceError = plain('ResourceError', 100001);
export const ResourceNotFound = defineError(
  'ResourceNotFound',
  100002,
  404,
  (id: string) => `Resource '${id}' not found in the blobstore`,
);
export const PropertyAlreadyExists = plain('PropertyAlreadyExists', 110001);
export const PropertyInvalid = plain('PropertyInvalid', 110002);
export const PropertyNotFound = plain('PropertyNotFound', 110003, 404);
export const CompilationConfigUnknownNetwork = plain('CompilationConfigUnknownNetwork', 120001);
export const CompilationConfigInvalidAvailabilityZone = plain('CompilationConfigInvalidAvailabilityZone', 120002);
export const CompilationConfigInvalidVmType = plain('CompilationConfigInvalidVmType', 120003);
export const CompilationConfigInvalidVmExtension = plain('CompilationConfigInvalidVmExtension', 120005);
export const CompilationConfigVmTypeRequired = plain('CompilationConfigVmTypeRequired', 120006);
export const CompilationConfigBadVmConfiguration = plain('CompilationConfigBadVmConfiguration', 120007);
export const NetworkReservationInvalidIp = plain('NetworkReservationInvalidIp', 130001);
export const NetworkReservationMissing = plain('NetworkReservationMissing', 130002);
export const NetworkReservationAlreadyExists = plain('NetworkReservationAlreadyExists', 130003);
export const NetworkReservationInvalidType = plain('NetworkReservationInvalidType', 130004);
export const NetworkReservationIpMissing = plain('NetworkReservationIpMissing', 130005);
export const NetworkReservationIpNotOwned = plain('NetworkReservationIpNotOwned', 130006);
export const NetworkReservationVipDefaultProvided = plain('NetworkReservationVipDefaultProvided', 130007);
export const NetworkReservationAlreadyInUse = plain('NetworkReservationAlreadyInUse', 130008);
export const NetworkReservationWrongType = plain('NetworkReservationWrongType', 130009);
export const NetworkReservationError = plain('NetworkReservationError', 130010);
export const NetworkReservationNotEnoughCapacity = plain('NetworkReservationNotEnoughCapacity', 130011);
export const NetworkReservationIpOutsideSubnet = plain('NetworkReservationIpOutsideSubnet', 130012);
export const NetworkReservationIpReserved = plain('NetworkReservationIpReserved', 130013);
export const NetworkReservationVipMisconfigured = plain('NetworkReservationVipMisconfigured', 130014);
export const NetworkReservationInvalidPrefix = plain('NetworkReservationInvalidPrefix', 130015);
export const InstanceGroupMissingRelease = plain('InstanceGroupMissingRelease', 140001);
export const InstanceGroupUnknownRelease = plain('InstanceGroupUnknownRelease', 140002);
export const InstanceGroupUnknownResourcePool = plain('InstanceGroupUnknownResourcePool', 140003);
export const InstanceGroupUnknownVmType = plain('InstanceGroupUnknownVmType', 140004);
export const InstanceGroupUnknownStemcell = plain('InstanceGroupUnknownStemcell', 140005);
export const JobInvalidInstanceIndex = plain('JobInvalidInstanceIndex', 140006);
export const InstanceGroupInvalidInstanceState = plain('InstanceGroupInvalidInstanceState', 140007);
export const InstanceGroupInvalidState = plain('InstanceGroupInvalidState', 140008);
export const JobMissingNetwork = plain('JobMissingNetwork', 140009);
export const InstanceGroupInvalidJobs = plain('InstanceGroupInvalidJobs', 140010);
export const JobInvalidLifecycle = plain('JobInvalidLifecycle', 140011);
export const InstanceGroupUnknownDiskType = plain('InstanceGroupUnknownDiskType', 140012);
export const InstanceGroupInvalidPersistentDisk = plain('InstanceGroupInvalidPersistentDisk', 140013);
export const JobMissingLink = plain('JobMissingLink', 140014);
export const UnusedProvidedLink = plain('UnusedProvidedLink', 140015);
export const JobInvalidAvailabilityZone = plain('JobInvalidAvailabilityZone', 140016);
export const JobMissingAvailabilityZones = plain('JobMissingAvailabilityZones', 140017);
export const JobUnknownAvailabilityZone = plain('JobUnknownAvailabilityZone', 140018);
export const InstanceGroupAmbiguousEnv = plain('InstanceGroupAmbiguousEnv', 140019);
export const JobBothInstanceGroupAndJob = plain('JobBothInstanceGroupAndJob', 140020);
export const JobInstanceIgnored = plain('JobInstanceIgnored', 140021);
export const InstanceGroupBadVmConfiguration = plain('InstanceGroupBadVmConfiguration', 140022);
export const V1DeprecatedJob = plain('V1DeprecatedJob', 140023);
export const V1DeprecatedTemplate = plain('V1DeprecatedTemplate', 140024);
export const V1DeprecatedResourcePool = plain('V1DeprecatedResourcePool', 140025);
export const V1DeprecatedNetworks = plain('V1DeprecatedNetworks', 140026);
export const V1DeprecatedDiskPools = plain('V1DeprecatedDiskPools', 140027);
export const V1DeprecatedResourcePools = plain('V1DeprecatedResourcePools', 140028);
export const ReleaseMissingJob = plain('ReleaseMissingJob', 140029);
export const V1DeprecatedGlobalProperties = plain('V1DeprecatedGlobalProperties', 140030);
export const V1DeprecatedAddOnProperties = plain('V1DeprecatedAddOnProperties', 140032);
export const JobUnknownNetwork = plain('JobUnknownNetwork', 150001);
export const InstanceGroupNetworkInstanceIpMismatch = plain('InstanceGroupNetworkInstanceIpMismatch', 150002);
export const JobNetworkInvalidDefault = plain('JobNetworkInvalidDefault', 150003);
export const JobNetworkMultipleDefaults = plain('JobNetworkMultipleDefaults', 150004);
export const JobNetworkMissingDefault = plain('JobNetworkMissingDefault', 150005);
export const JobNetworkMissingRequiredAvailabilityZone = plain('JobNetworkMissingRequiredAvailabilityZone', 150006);
export const JobStaticIpsFromInvalidAvailabilityZone = plain('JobStaticIpsFromInvalidAvailabilityZone', 150007);
export const JobStaticIPNotSupportedOnDynamicNetwork = plain('JobStaticIPNotSupportedOnDynamicNetwork', 150008);
export const JobInvalidStaticIPs = plain('JobInvalidStaticIPs', 150009);
export const NetworkOverlappingSubnets = plain('NetworkOverlappingSubnets', 160001);
export const NetworkInvalidRange = plain('NetworkInvalidRange', 160002);
export const NetworkInvalidGateway = plain('NetworkInvalidGateway', 160003);
export const NetworkInvalidDns = plain('NetworkInvalidDns', 160004);
export const NetworkReservedIpOutOfRange = plain('NetworkReservedIpOutOfRange', 160005);
export const NetworkStaticIpOutOfRange = plain('NetworkStaticIpOutOfRange', 160006);
export const NetworkSubnetUnknownAvailabilityZone = plain('NetworkSubnetUnknownAvailabilityZone', 160007);
export const NetworkInvalidProperty = plain('NetworkInvalidProperty', 160008);
export const NetworkSubnetInvalidAvailabilityZone = plain('NetworkSubnetInvalidAvailabilityZone', 160009);
export const NetworkInvalidIpRangeFormat = plain('NetworkInvalidIpRangeFormat', 160010);
export const NetworkDeletingUnorphanedError = plain('NetworkDeletingUnorphanedError', 160011);
export const ResourcePoolUnknownNetwork = plain('ResourcePoolUnknownNetwork', 170001);
export const ResourcePoolNotEnoughCapacity = plain('ResourcePoolNotEnoughCapacity', 170002);
export const UpdateConfigInvalidWatchTime = plain('UpdateConfigInvalidWatchTime', 180001);
export const DeploymentAmbiguousReleaseSpec = plain('DeploymentAmbiguousReleaseSpec', 190001);
export const DeploymentDuplicateReleaseName = plain('DeploymentDuplicateReleaseName', 190002);
export const DeploymentDuplicateResourcePoolName = plain('DeploymentDuplicateResourcePoolName', 190003);
export const DeploymentDuplicateVmTypeName = plain('DeploymentDuplicateVmTypeName', 190004);
export const DeploymentDuplicateVmExtensionName = plain('DeploymentDuplicateVmExtensionName', 190005);
export const DeploymentCanonicalJobNameTaken = plain('DeploymentCanonicalJobNameTaken', 190006);
export const DeploymentCanonicalNetworkNameTaken = plain('DeploymentCanonicalNetworkNameTaken', 190007);
export const DeploymentNoNetworks = plain('DeploymentNoNetworks', 190008);
export const DeploymentCanonicalNameTaken = plain('DeploymentCanonicalNameTaken', 190009);
export const DeploymentInvalidNetworkType = plain('DeploymentInvalidNetworkType', 190010);
export const DeploymentUnknownTemplate = plain('DeploymentUnknownTemplate', 190011);
export const DeploymentInvalidDiskSpecification = plain('DeploymentInvalidDiskSpecification', 190012);
export const DeploymentDuplicateDiskTypeName = plain('DeploymentDuplicateDiskTypeName', 190013);
export const DeploymentInvalidProperty = plain('DeploymentInvalidProperty', 190014);
export const DeploymentNoResourcePools = plain('DeploymentNoResourcePools', 190015);
export const DeploymentInvalidLink = plain('DeploymentInvalidLink', 190016);
export const DeploymentDuplicateAvailabilityZoneName = plain('DeploymentDuplicateAvailabilityZoneName', 190017);
export const DeploymentInvalidMigratedFromJob = plain('DeploymentInvalidMigratedFromJob', 190018);
export const DeploymentInvalidResourceSpecification = plain('DeploymentInvalidResourceSpecification', 190019);
export const DeploymentIgnoredInstancesModification = plain('DeploymentIgnoredInstancesModification', 190020);
export const DeploymentIgnoredInstancesDeletion = plain('DeploymentIgnoredInstancesDeletion', 190021);
export const DeploymentDuplicateVariableName = plain('DeploymentDuplicateVariableName', 190022);
export const DeploymentNATSClientCertificateGenerationError = plain(
  'DeploymentNATSClientCertificateGenerationError',
  190023,
);
export const DeploymentRequired = plain('DeploymentRequired', 190024);
export const DeploymentInvalidConfigReference = plain('DeploymentInvalidConfigReference', 190025);
export const DiskTypeInvalidDiskSize = plain('DiskTypeInvalidDiskSize', 200001);
export const IncompatibleFeatures = plain('IncompatibleFeatures', 210001);
export const CloudDiskNotAttached = plain('CloudDiskNotAttached', 390001);
export const CloudDiskMissing = plain('CloudDiskMissing', 390002);
export const CloudNotEnoughDiskSpace = plain('CloudNotEnoughDiskSpace', 390003);
export const AgentTaskNoBlobstoreId = plain('AgentTaskNoBlobstoreId', 400001);
export const AgentInvalidStateFormat = plain('AgentInvalidStateFormat', 400002);
export const AgentWrongDeployment = plain('AgentWrongDeployment', 400003);
export const AgentUnexpectedJob = plain('AgentUnexpectedJob', 400004);
export const AgentRenameInProgress = plain('AgentRenameInProgress', 400005);
export const AgentJobMismatch = plain('AgentJobMismatch', 400006);
export const AgentJobNotRunning = defineError(
  'AgentJobNotRunning',
  400007,
  400,
  (instance: string, failing: readonly string[], jobState: string, logs: string) =>
    notRunning(instance, failing, jobState, logs),
);
export const AgentJobNotStopped = plain('AgentJobNotStopped', 400008);
export const AgentUnexpectedDisk = plain('AgentUnexpectedDisk', 400009);
export const AgentDiskOutOfSync = plain('AgentDiskOutOfSync', 400010);
export const AgentInvalidTaskResult = plain('AgentInvalidTaskResult', 400011);
export const AgentUnsupportedAction = plain('AgentUnsupportedAction', 400012);
export const AgentUploadBlobUnableToOpenFile = plain('AgentUploadBlobUnableToOpenFile', 400013);
export const AgentTaskInvalidBlobstoreId = plain('AgentTaskInvalidBlobstoreId', 400014);
export const CloudcheckTooManySimilarProblems = plain('CloudcheckTooManySimilarProblems', 410001);
export const CloudcheckResolutionNotProvided = plain('CloudcheckResolutionNotProvided', 410002);
export const CloudcheckInvalidResolutionFormat = plain('CloudcheckInvalidResolutionFormat', 410003);
export const CloudcheckResurrectionPaused = plain('CloudcheckResurrectionPaused', 410004);
export const DnsInvalidCanonicalName = plain('DnsInvalidCanonicalName', 420001);
export const PackageCompilationNotEnoughWorkersForReuse = plain('PackageCompilationNotEnoughWorkersForReuse', 430002);
export const PackageCompilationNotFound = plain('PackageCompilationNotFound', 430003);
export const PackageCompilationInvalidTaskBlobstoreId = plain('PackageCompilationInvalidTaskBlobstoreId', 430004);
export const BadManifest = plain('BadManifest', 440001);
export const BadConfigRequest = plain('BadConfigRequest', 440010);
export const BadConfig = plain('BadConfig', 440011);
export const ConfigNotFound = defineError('ConfigNotFound', 440012, 404, (what: string) => `Config ${what} not found`);
export const BadExpectedConfigID = plain('BadExpectedConfigID', 440013);
export const RpcRemoteException = plain('RpcRemoteException', 450001);
export const RpcTimeout = plain('RpcTimeout', 450002);
export const SystemError = plain('SystemError', 500000, 500);
export const NotEnoughDiskSpace = plain('NotEnoughDiskSpace', 500001, 500);
export const RunErrandError = plain('RunErrandError', 510000);
export const DeletingPersistentDiskError = plain('DeletingPersistentDiskError', 520000);
export const AttachDiskErrorUnknownInstance = plain('AttachDiskErrorUnknownInstance', 520001);
export const AttachDiskNoPersistentDisk = plain('AttachDiskNoPersistentDisk', 520002);
export const AttachDiskInvalidInstanceState = plain('AttachDiskInvalidInstanceState', 520003);
export const RuntimeAmbiguousReleaseSpec = plain('RuntimeAmbiguousReleaseSpec', 530000);
export const RuntimeInvalidReleaseVersion = plain('RuntimeInvalidReleaseVersion', 530001);
export const AddonReleaseNotListedInReleases = plain('AddonReleaseNotListedInReleases', 530002);
export const RuntimeInvalidDeploymentRelease = plain('RuntimeInvalidDeploymentRelease', 530003);
export const AddonIncompleteFilterJobSection = plain('AddonIncompleteFilterJobSection', 530004);
export const AddonIncompleteFilterStemcellSection = plain('AddonIncompleteFilterStemcellSection', 530005);
export const AddonDeploymentFilterNotAllowed = plain('AddonDeploymentFilterNotAllowed', 530006);
export const RuntimeConfigParseError = plain('RuntimeConfigParseError', 530006);
export const ConfigServerFetchError = plain('ConfigServerFetchError', 540001);
export const ConfigServerMissingName = plain('ConfigServerMissingName', 540002);
export const ConfigServerUnknownError = plain('ConfigServerUnknownError', 540003);
export const ConfigServerIncorrectNameSyntax = plain('ConfigServerIncorrectNameSyntax', 540004);
export const ConfigServerGenerationError = plain('ConfigServerGenerationError', 540005);
export const ConfigServerDeploymentNameMissing = plain('ConfigServerDeploymentNameMissing', 540006);
export const ConfigServerIncorrectVariablePlacement = plain('ConfigServerIncorrectVariablePlacement', 540007);
export const ConfigServerInconsistentVariableState = plain('ConfigServerInconsistentVariableState', 540008);
export const ConfigServerDisabledError = plain('ConfigServerDisabledError', 540009);
export const CpiDuplicateName = plain('CpiDuplicateName', 550000);
export const CpiNotFound = plain('CpiNotFound', 550001);
export const VariablesInvalidFormat = plain('VariablesInvalidFormat', 560000);
export const FeaturesInvalidFormat = plain('FeaturesInvalidFormat', 560001);
export const CloudConfigMergeError = plain('CloudConfigMergeError', 570000);
export const UnauthorizedToAccessDeployment = defineError(
  'UnauthorizedToAccessDeployment',
  600000,
  401,
  (scopes: string) => `Require one of the scopes: ${scopes}`,
);
export const UAAAuthorizationError = plain('UAAAuthorizationError', 610000);
export const InvalidYamlError = plain('InvalidYamlError', 710000);
export const InvalidJsonError = plain('InvalidJsonError', 710001);
export const LinkLookupError = plain('LinkLookupError', 810000, 404);
export const LinkCreateError = plain('LinkCreateError', 810001);
export const LinkProviderLookupError = plain('LinkProviderLookupError', 810002);
export const LinkNetworkLookupError = plain('LinkNetworkLookupError', 810003);
export const LinkDeleteError = plain('LinkDeleteError', 810004, 500);
export const LinkNotExternalError = plain('LinkNotExternalError', 810005);
export const LinkIdRequiredError = plain('LinkIdRequiredError', 810006);
export const LinkInvalidStatusError = plain('LinkInvalidStatusError', 810007);
export const LinkInvalidAzsError = plain('LinkInvalidAzsError', 810008);
export const LinkProviderNotSharedError = plain('LinkProviderNotSharedError', 810009, 403);

/** Failures without a number of their own: upstream calls them all 100. */
export const UnnumberedFailure = plain('DirectorError', 100, 500);

function notRunning(instance: string, failing: readonly string[], jobState: string, logs: string): string {
  const review =
    failing.length > 0 ? ` Review logs for failed jobs: ${failing.join(', ')}` : ` Its jobs are '${jobState}'.`;
  return [`'${instance}' is not running after update.${review}`, logs].filter((part) => part !== '').join('\n');
}
