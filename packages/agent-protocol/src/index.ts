export type { AgentActionName, AgentActions, AgentArgs, AgentValue, ErrandResult } from './actions.ts';
export { AgentError } from './agent-error.ts';
export {
  type AgentNetwork,
  type ApplySpec,
  agentNetworkSchema,
  applySpecSchema,
  type PackageRef,
  packageRefSchema,
} from './apply-spec.ts';
export {
  type AgentReply,
  type AgentRequest,
  agentReplySchema,
  agentRequestSchema,
  directorProtocol,
  maxNatsReplyBytes,
  type RunningTask,
  runningTaskSchema,
} from './envelope.ts';
export {
  type AgentSettings,
  agentSettingsSchema,
  type BlobstoreSettings,
  blobstoreSettingsSchema,
  type CertificateSet,
  type DiskHint,
  diskHintSchema,
  type UpdateSettings,
} from './settings.ts';
export {
  type AgentProcess,
  type AgentState,
  type Alert,
  agentStateSchema,
  type Heartbeat,
  type JobState,
  jobStates,
  type Vitals,
} from './state.ts';
export {
  agentSubject,
  alertSubject,
  directorAlertSubject,
  heartbeatSubject,
  replySubject,
  shutdownSubject,
} from './subjects.ts';
