import { wantedStates } from '@boti/director-api';
import { z } from 'zod';
import type { TaskKind, TaskQueue } from './task-type.ts';

const name = z.string();
const ids = z.array(z.number().int());
const instance = z.object({ deployment: name, group: name, instance: z.string() });

function kind<Input>(
  taskName: string,
  input: z.ZodType<Input>,
  describe: (input: Input) => string,
  queue: TaskQueue = 'normal',
): TaskKind<Input> {
  return { name: taskName, queue, input, describe };
}

const configIds = z.object({ cloud: ids, runtime: ids });

/** A deploy, or a state change that runs the stored manifest again. */
const deployInput = z.object({
  deployment: name,
  manifestText: z.string(),
  /** Configs to plan with; the Director chose them, or the client pinned them. */
  configIds,
  /** False for state changes. */
  isDeployAction: z.boolean(),
  dryRun: z.boolean(),
  recreate: z.boolean(),
  recreatePersistentDisks: z.boolean(),
  /** ISO 8601. */
  recreateVmsCreatedBefore: z.string().nullable(),
  fix: z.boolean(),
  forceLatestVariables: z.boolean(),
  skipDrain: z.array(z.string()),
  canaries: z.union([z.number(), z.string()]).nullable(),
  maxInFlight: z.union([z.number(), z.string()]).nullable(),
  states: z.array(z.object({ group: name, instance: z.string().nullable(), state: z.enum(wantedStates) })),
});
export type UpdateDeploymentInput = z.infer<typeof deployInput>;

export const updateDeploymentTask = kind(
  'update_deployment',
  deployInput,
  ({ dryRun }) => `create deployment${dryRun ? ' (dry run)' : ''}`,
);

export const deleteDeploymentTask = kind(
  'delete_deployment',
  z.object({ deployment: name, force: z.boolean(), keepSnapshots: z.boolean() }),
  ({ deployment }) => `delete deployment ${deployment}`,
);

export const runErrandTask = kind(
  'run_errand',
  z.object({
    deployment: name,
    errand: name,
    keepAlive: z.boolean(),
    whenChanged: z.boolean(),
    /** Empty: all. `id` is a uuid, an index or `first`; null the whole group. */
    instances: z.array(z.object({ group: name, id: z.string().nullable() })),
  }),
  ({ errand, deployment }) => `run errand ${errand} from deployment ${deployment}`,
);

export const instanceActions = ['stop', 'start', 'restart', 'recreate'] as const;

export const updateInstanceTask = kind(
  'update_instance',
  instance.extend({
    action: z.enum(instanceActions),
    skipDrain: z.boolean(),
    hard: z.boolean(),
    ignoreUnresponsiveAgent: z.boolean(),
  }),
  ({ action }) => `${action} instance`,
);

export const vmStateTask = kind(
  'vms',
  z.object({ deployment: name, of: z.enum(['vms', 'instances']) }),
  () => 'retrieve vm-stats',
  'urgent',
);

export const sshTask = kind(
  'ssh',
  z.object({
    deployment: name,
    command: z.enum(['setup', 'cleanup']),
    target: z.object({ group: name.nullable(), indexes: z.array(z.string()), ids: z.array(z.string()) }),
    params: z.record(z.string(), z.unknown()),
  }),
  ({ command, target }) =>
    `ssh: ${command}:${JSON.stringify({ job: target.group, indexes: target.indexes, ids: target.ids })}`,
  'urgent',
);

export const fetchLogsTask = kind(
  'fetch_logs',
  /** `*` as group or instance: all. */
  instance.extend({ types: z.array(z.string()), filters: z.array(z.string()) }),
  () => 'fetch logs',
  'urgent',
);

/** Where a tarball is: a file that the API stored (and the task removes), or a location to fetch. */
const tarball = z.union([
  z.object({ path: z.string() }),
  z.object({ location: z.string(), sha1: z.string().nullable() }),
]);
export type TarballSource = z.infer<typeof tarball>;

export const updateReleaseTask = kind(
  'update_release',
  z.object({ tarball, rebase: z.boolean(), fix: z.boolean() }),
  () => 'create release',
);

export const deleteReleaseTask = kind(
  'delete_release',
  z.object({ name, version: z.string().nullable(), force: z.boolean() }),
  (release) => `delete release: ${release.name}${release.version === null ? '' : `/${release.version}`}`,
);

export const exportReleaseTask = kind(
  'export_release',
  z.object({
    deployment: name,
    release: name,
    version: z.string(),
    stemcellOs: z.string(),
    stemcellVersion: z.string(),
    sha2: z.boolean(),
    jobs: z.array(name),
  }),
  (input) => `export release: '${input.release}/${input.version}' for '${input.stemcellOs}/${input.stemcellVersion}'`,
);

export const updateStemcellTask = kind(
  'update_stemcell',
  z.object({ tarball, sha1: z.string().nullable(), fix: z.boolean() }),
  () => 'create stemcell',
);

export const deleteStemcellTask = kind(
  'delete_stemcell',
  z.object({ name, version: z.string(), force: z.boolean() }),
  (stemcell) => `delete stemcell: ${stemcell.name}/${stemcell.version}`,
);

export const cleanUpTask = kind(
  'delete_artifacts',
  z.object({ removeAll: z.boolean(), keepOrphanedDisks: z.boolean() }),
  ({ removeAll }) => (removeAll ? 'clean up all' : 'clean up'),
);

export const snapshotDeploymentTask = kind(
  'snapshot_deployment',
  z.object({ deployment: name }),
  () => 'snapshot deployment',
);
export const createSnapshotTask = kind('create_snapshot', instance, () => 'create snapshot');
export const deleteSnapshotTask = kind(
  'delete_snapshot',
  z.object({ deployment: name, snapshotCid: z.string() }),
  () => 'delete snapshot',
);
export const deleteDeploymentSnapshotsTask = kind(
  'delete_deployment_snapshots',
  z.object({ deployment: name }),
  () => 'delete deployment snapshots',
);

export const attachDiskTask = kind(
  'attach_disk',
  instance.extend({ diskCid: z.string(), copyProperties: z.boolean() }),
  ({ diskCid, group, instance: id }) => `attach disk '${diskCid}' to '${group}/${id}'`,
);
export const orphanDiskTask = kind('orphan_disk', z.object({ diskCid: z.string() }), () => 'orphan disk');
export const deleteOrphanDiskTask = kind(
  'delete_orphan_disks',
  z.object({ diskCids: z.array(z.string()) }),
  () => 'delete orphan disks',
);
export const deleteVmTask = kind('delete_vm', z.object({ vmCid: z.string() }), ({ vmCid }) => `delete vm ${vmCid}`);

export const scanCloudTask = kind('cck_scan', z.object({ deployment: name }), () => 'scan cloud');
export const applyResolutionsTask = kind(
  'cck_apply',
  z.object({
    deployment: name,
    /** Checked by the task itself. */
    resolutions: z.unknown(),
    maxInFlight: z.record(name, z.union([z.number(), z.string()])),
  }),
  () => 'apply resolutions',
);
export const scanAndFixTask = kind(
  'cck_scan_and_fix',
  /** Indexes or uuids by instance group. */
  z.object({ deployment: name, instances: z.record(name, z.array(z.string())) }),
  () => 'scan and fix',
);
