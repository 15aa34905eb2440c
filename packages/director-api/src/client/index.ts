export { anonymous, basicAuth, type DirectorAuth } from './auth.ts';
export type { ConfigQuery, LegacyConfigKind } from './configs.ts';
export type { ChangeStateOptions, DeployOptions, InstanceTarget } from './deployments.ts';
export { createDirectorClient, type DirectorClient } from './director-client.ts';
export { type DirectorRequest, type DirectorSettings, during } from './director-session.ts';
export type { AttachDisk } from './disks.ts';
export type { Download } from './downloads.ts';
export {
  DirectorReplyError,
  DirectorReplyInvalid,
  DirectorRequestFailed,
  DirectorUnreachable,
  replyErrorIn,
  TaskFailed,
} from './errors.ts';
export { type ByteProgress, fileBody } from './file-body.ts';
export {
  exchange,
  type HttpMethod,
  type HttpReply,
  type HttpRequest,
  readBody,
  type StreamBody,
} from './http-exchange.ts';
export { type InstanceActionOptions, parseVmStates } from './instances.ts';
export { type LogsQuery, parseErrandResults, parseSshResults } from './operations.ts';
export { parseLines } from './parse-lines.ts';
export type { UploadReleaseOptions } from './releases.ts';
export type { FollowOptions, TaskObserver, TaskQuery } from './tasks.ts';
