import { ExpectedError } from '@boti/core';
import { z } from 'zod';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((list): readonly z.output<T>[] => list ?? []);
}

const diskRecord = z.looseObject({
  id: z.string().min(1),
  cid: z.string().min(1),
  /** MiB; 0 in records that come from a MicroBOSH. */
  size: z.number(),
  cloud_properties: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((properties) => properties ?? {}),
});
const stemcellRecord = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  version: z.string(),
  api_version: z.number().int().optional(),
  cid: z.string().min(1),
});
const releaseRecord = z.looseObject({ id: z.string().min(1), name: z.string(), version: z.string() });
const creationRecord = z.object({ id: z.string().min(1), kind: z.enum(['stemcell', 'vm', 'disk']) });

/**
 * What an environment consists of: the state file's JSON, as upstream's CLI reads and writes it. Ids that end in `_id`
 * are those of records, not of the cloud.
 */
export const deploymentStateSchema = z.looseObject({
  /** Names this environment to the CPI and the agent. */
  director_id: text,
  /** Folder below ~/.bosh/installations. */
  installation_id: text,
  current_vm_cid: text,
  current_stemcell_id: text,
  current_disk_id: text,
  current_release_ids: listOf(z.string()),
  /** SHA-512 of the interpolated manifest; empty while it is being deployed. */
  current_manifest_sha: text,
  disks: listOf(diskRecord),
  stemcells: listOf(stemcellRecord),
  releases: listOf(releaseRecord),
  /** What the CPI was asked to make and has not answered yet. Upstream's CLI drops the key. */
  boti_creations: z.array(creationRecord).optional(),
});

export type DeploymentState = z.output<typeof deploymentStateSchema>;
export type DiskRecord = DeploymentState['disks'][number];
export type StemcellRecord = DeploymentState['stemcells'][number];

export type CreationRecord = z.output<typeof creationRecord>;

export function parseDeploymentState(json: string, path: string): DeploymentState {
  const hint =
    'Restore it from a backup. Do not delete it: it is all that knows which VM and disk belong to this environment.';
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ExpectedError(`Deployment state file '${path}' is damaged: it is not JSON`, { cause, hint });
  }
  const parsed = deploymentStateSchema.safeParse(value);
  const problems = parsed.success ? problemsOf(parsed.data) : parsed.error.issues.map(describe);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new ExpectedError(
    `Deployment state file '${path}' is damaged:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    { hint },
  );
}

/** With four spaces and keys in upstream's order; keys that nobody here knows are kept. */
export function formatDeploymentState(state: DeploymentState): string {
  const { boti_creations: creations, ...rest } = state;
  const isIdle = creations === undefined || creations.length === 0;
  return JSON.stringify(isIdle ? rest : { ...rest, boti_creations: creations }, null, 4);
}

export function currentDisk(state: DeploymentState): DiskRecord | undefined {
  return state.disks.find(({ id }) => id === state.current_disk_id);
}

export function currentStemcell(state: DeploymentState): StemcellRecord | undefined {
  return state.stemcells.find(({ id }) => id === state.current_stemcell_id);
}

function describe({ path, message }: z.core.$ZodIssue): string {
  return `'${path.join('.')}': ${message}`;
}

function problemsOf(state: DeploymentState): readonly string[] {
  const problems: string[] = [];
  const hasThings = state.current_vm_cid !== '' || state.disks.length > 0 || state.stemcells.length > 0;
  if (hasThings && state.director_id === '') problems.push("'director_id' is missing");
  if (state.current_disk_id !== '' && currentDisk(state) === undefined) {
    problems.push(`'current_disk_id' is '${state.current_disk_id}', but no disk has this id`);
  }
  if (state.current_stemcell_id !== '' && currentStemcell(state) === undefined) {
    problems.push(`'current_stemcell_id' is '${state.current_stemcell_id}', but no stemcell has this id`);
  }
  return problems;
}
