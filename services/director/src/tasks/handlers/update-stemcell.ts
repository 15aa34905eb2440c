import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DigestMismatch, messageOf } from '@boti/core';
import { extractStemcell, type StemcellManifest } from '@boti/stemcell';
import { type CpiClients, cloudsFor } from '../../cloud/clouds.ts';
import { createRecorded } from '../../cloud/create-recorded.ts';
import { recoverCreations } from '../../cloud/recover-creations.ts';
import type { Database } from '../../database/sql.ts';
import { explainFullDisk } from '../../disk-full.ts';
import { StemcellInvalidArchive, StemcellNotSupported, StemcellSha1DoesNotMatch } from '../../errors.ts';
import { recordOperation } from '../../events/record-operation.ts';
import { fetchSteps, fetchTarball, type LocalTarball } from '../../stemcells/fetch-tarball.ts';
import { findStemcells, saveStemcell } from '../../stemcells/stemcell-store.ts';
import type { Stage } from '../event-log.ts';
import { type TarballSource, updateStemcellTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface Deps {
  readonly database: Database;
  readonly cpis: CpiClients;
  /** Where archives are unpacked: large files. */
  readonly workDir: string;
}

interface Input {
  readonly tarball: TarballSource;
  readonly sha1: string | null;
  readonly fix: boolean;
}

interface Upload {
  readonly manifest: StemcellManifest;
  readonly imagePath: string;
  readonly fix: boolean;
  readonly stage: Stage;
}

const lockWaitMs = 900_000;
const stepsOfUpload = 5;

/** Hands a stemcell's image to the CPI and stores what the cloud calls it. */
export function updateStemcell(deps: Deps): TaskType<Input> {
  return taskType(updateStemcellTask, async (input, task) => {
    const directory = await mkdtemp(join(deps.workDir, 'stemcell-'));
    const sha1 = 'location' in input.tarball ? (input.tarball.sha1 ?? input.sha1) : input.sha1;
    const stage = task.events.stage('Update stemcell', stepsOfUpload + fetchSteps(input.tarball, sha1));
    try {
      await using tarball = await fetch(task, { input, sha1, stage, directory });
      const { manifest, imagePath } = await stage.track('Extracting stemcell archive', () =>
        extract(tarball.path, directory, task.signal),
      );
      await stage.track('Verifying stemcell manifest', async () => undefined);
      const name = `${manifest.name}/${manifest.version}`;
      const { user, taskId } = task;
      const event = { user, taskId, action: 'create', objectType: 'stemcell', objectName: name };
      await recordOperation(deps.database, event, () =>
        task.withLock(`lock:stemcells:${manifest.name}:${manifest.version}`, { waitMs: lockWaitMs }, () =>
          upload(deps, task, { manifest, imagePath, fix: input.fix, stage }),
        ),
      );
      return `/stemcells/${name}`;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}

interface Fetch {
  readonly input: Input;
  readonly sha1: string | null;
  readonly stage: Stage;
  readonly directory: string;
}

async function fetch(task: TaskContext, { input, sha1, stage, directory }: Fetch): Promise<LocalTarball> {
  try {
    const path = join(directory, 'stemcell.tgz');
    return await fetchTarball({ source: input.tarball, sha1, kind: 'stemcell', path, signal: task.signal, stage });
  } catch (error) {
    if (error instanceof DigestMismatch) throw new StemcellSha1DoesNotMatch(error.message);
    throw error;
  }
}

async function extract(
  path: string,
  directory: string,
  signal: AbortSignal,
): Promise<{ manifest: StemcellManifest; imagePath: string }> {
  try {
    return await extractStemcell(path, directory, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const explained = explainFullDisk(error, 'the unpacked stemcell', directory);
    throw explained === error ? new StemcellInvalidArchive(messageOf(error)) : explained;
  }
}

async function upload(deps: Deps, task: TaskContext, request: Upload): Promise<void> {
  const { manifest, fix, stage } = request;
  const { name, version } = manifest;
  await requireSupported(deps.cpis, manifest, task.signal);
  const clouds = cloudsFor(deps.cpis, task);
  await recoverCreations({ ...deps, clouds, warn: (message) => task.events.warning(message) });
  const existing = await stage.track('Checking if this stemcell already exists', () =>
    findStemcells(deps.database, name, version),
  );
  if (existing.some(({ cpi }) => cpi === '') && !fix) return;
  await createStemcell(deps, task, request);
}

async function createStemcell(deps: Deps, task: TaskContext, { manifest, imagePath, stage }: Upload): Promise<void> {
  const { name, version, operatingSystem, apiVersion, cloudProperties, compileKey = null } = manifest;
  const label = `${name}/${version}`;
  const creationId = randomUUID();
  const cloud = cloudsFor(deps.cpis, task).of('', { creationId });
  await createRecorded(deps.database, {
    creation: {
      id: creationId,
      kind: 'stemcell',
      cpi: '',
      agentId: null,
      deployment: null,
      instance: null,
      taskId: task.taskId,
    },
    cloud,
    create: () =>
      stage.track(`Uploading stemcell ${label} to the cloud`, () =>
        cloud.createStemcell(imagePath, cloudProperties, {}),
      ),
    store: (sql, cid) =>
      stage.track(`Save stemcell ${label} (${cid})`, () =>
        saveStemcell(sql, { name, version, operatingSystem, cid, cpi: '', apiVersion, compileKey }),
      ),
  });
}

async function requireSupported(cpis: CpiClients, manifest: StemcellManifest, signal: AbortSignal): Promise<void> {
  const { stemcell_formats: accepted } = await cpis.client('').info(signal);
  const { formats } = manifest;
  if (accepted === undefined || formats === undefined || formats.some((format) => accepted.includes(format))) return;
  throw new StemcellNotSupported(
    `The stemcell's formats (${formats.join(', ')}) are none that the CPI takes (${accepted.join(', ')})`,
    { hint: 'Use a stemcell made for this cloud.' },
  );
}
