import type { ApplySpec, PackageRef } from './apply-spec.ts';
import type { DiskHint, UpdateSettings } from './settings.ts';
import type { AgentState } from './state.ts';

interface SignedUpload {
  readonly signed_url: string;
  readonly blobstore_headers?: Readonly<Record<string, string>>;
}

interface CompileSignedRequest {
  readonly package_get_signed_url: string;
  readonly upload_signed_url: string;
  readonly digest: string;
  readonly name: string;
  readonly version: string;
  readonly deps: Readonly<Record<string, PackageRef>>;
  readonly blobstore_headers?: Readonly<Record<string, string>>;
}

export interface ErrandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit_code: number;
}

type Empty = Readonly<Record<string, never>>;

/**
 * Every action of an agent: positional arguments and final value. Source: bosh-agent agent/action/concrete_factory.go.
 * A failure is an AgentError with the agent's text. Digests are BOSH's: bare hex is SHA-1, others `algo:hex`, joined by `;`.
 * `drain`: seconds to wait before `stop`; `list_disk`: cids of the mounted persistent disks; `run_script`: of all jobs at once.
 * `compile_package`: blob id, digest, name, version, dependencies. `sync_dns`: blob id, digest, version.
 */
export interface AgentActions {
  ping: { args: []; value: 'pong' };
  info: { args: []; value: { api_version: number } };
  get_task: { args: [taskId: string]; value: unknown };
  cancel_task: { args: [taskId: string]; value: 'canceled' };
  get_state: { args: [] | ['full']; value: AgentState };
  start: { args: []; value: 'started' };
  stop: { args: []; value: 'stopped' };
  prepare: { args: [spec: ApplySpec]; value: 'prepared' };
  apply: { args: [spec: ApplySpec]; value: 'applied' };
  drain: { args: [type: 'update' | 'shutdown' | 'status', spec?: ApplySpec]; value: number };
  run_script: { args: [name: string, options: { env?: Readonly<Record<string, string>> }]; value: Empty };
  run_errand: { args: [] | [job: string]; value: ErrandResult };
  compile_package: {
    args: [blobId: string, digest: string, name: string, version: string, deps: Readonly<Record<string, PackageRef>>];
    value: { result: { blobstore_id: string; sha1: string } };
  };
  compile_package_with_signed_url: { args: [CompileSignedRequest]; value: { result: { sha1: string } } };
  fetch_logs: {
    args: [type: string, filters: readonly string[] | null];
    value: { blobstore_id: string; sha1: string };
  };
  fetch_logs_with_signed_url: {
    args: [SignedUpload & { readonly log_type: string; readonly filters: readonly string[] | null }];
    value: { sha1: string };
  };
  bundle_logs: {
    args: [{ readonly owning_user: string; readonly log_type: string; readonly filters: readonly string[] | null }];
    value: { logs_tar_path: string; sha512: string };
  };
  remove_file: { args: [path: string]; value: string };
  ssh: {
    args: ['setup', { user: string; public_key: string }] | ['cleanup', { user_regex: string }];
    value: { command: 'setup' | 'cleanup'; status: string; ip?: string; host_public_key?: string };
  };
  shutdown: { args: []; value: '' };
  sync_dns: { args: [blobId: string, digest: string, version: number]; value: 'synced' };
  sync_dns_with_signed_url: {
    args: [SignedUpload & { readonly multi_digest: string; readonly version: number }];
    value: 'synced';
  };
  upload_blob: { args: [{ blob_id: string; checksum: string; payload: string }]; value: string };
  update_settings: { args: [UpdateSettings]; value: 'ok' };
  add_persistent_disk: { args: [cid: string, hint: DiskHint]; value: Empty };
  remove_persistent_disk: { args: [cid: string]; value: Empty };
  mount_disk: { args: [cid: string]; value: Empty };
  unmount_disk: { args: [cid: string]; value: { message: string } };
  migrate_disk: { args: [oldCid?: string, newCid?: string]; value: Empty };
  list_disk: { args: []; value: readonly string[] };
  add_dynamic_disk: { args: [cid: string, hint: DiskHint]; value: Empty };
  remove_dynamic_disk: { args: [cid: string]; value: Empty };
  delete_arp_entries: { args: [{ ips: readonly string[] }]; value: Empty };
}

export type AgentActionName = keyof AgentActions;
export type AgentArgs<Name extends AgentActionName> = AgentActions[Name]['args'];
export type AgentValue<Name extends AgentActionName> = AgentActions[Name]['value'];
