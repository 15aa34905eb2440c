import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { blobId, mapConcurrent } from '@boti/core';
import { pack } from 'tar-stream';
import { insertBlob } from '../../blobs/blob-store.ts';
import type { DeployServices } from '../../deploy/deployment-context.ts';
import { fetchLogs as fetchInstanceLogs, type LogBundle } from '../../deploy/steps/fetch-logs.ts';
import { requireDeployment } from '../../deployments/deployment-store.ts';
import { InstanceVmMissing } from '../../errors.ts';
import { instancesOf, type StoredInstance } from '../../instances/instance-store.ts';
import { requireInstance, selectInstances } from '../../instances/select-instances.ts';
import { fetchLogsTask } from '../task-kinds.ts';
import { type TaskContext, type TaskType, taskType } from '../task-type.ts';

interface Input {
  readonly deployment: string;
  readonly group: string;
  readonly instance: string;
  readonly types: readonly string[];
  readonly filters: readonly string[];
}

/** Collects logs; the task's result is the id of the blob to download. */
export function fetchLogs(services: DeployServices): TaskType<Input> {
  return taskType(fetchLogsTask, async (input, task) => {
    const deployment = await requireDeployment(services.database, input.deployment);
    const instances = targets(await instancesOf(services.database, deployment.id), input);
    const bundles = await mapConcurrent(instances, services.settings.maxThreads, async (instance) => ({
      instance,
      bundle: await fetchInstanceLogs({ ...services, events: task.events }, instance, {
        types: input.types.join(','),
        filters: input.filters,
        signal: task.signal,
      }),
    }));
    const [only, ...more] = bundles;
    const result = only !== undefined && more.length === 0 ? only.bundle : await packTogether(services, task, bundles);
    await insertBlob(services.database, { blobstoreId: result.blobstoreId, sha1: result.sha1, type: 'logs' });
    return result.blobstoreId;
  });
}

function targets(all: readonly StoredInstance[], input: Input): StoredInstance[] {
  const { group, instance: id, deployment } = input;
  const isOne = group !== '*' && id !== '*';
  const selected = isOne
    ? [requireInstance(all, deployment, { group, id })]
    : selectInstances(all, { group, ids: [id] }).filter(({ vm }) => vm !== null);
  if (selected.length === 0 || selected.some(({ vm }) => vm === null)) {
    throw new InstanceVmMissing(`No VM to fetch logs from: '${deployment}/${group}/${id}' has none`);
  }
  return selected;
}

interface InstanceBundle {
  readonly instance: StoredInstance;
  readonly bundle: LogBundle;
}

/** One tarball that holds a tarball for each instance. */
async function packTogether(
  services: DeployServices,
  task: TaskContext,
  bundles: readonly InstanceBundle[],
): Promise<LogBundle> {
  const stage = task.events.stage('Fetching group of logs', 1);
  return stage.track('Packing log files together', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'boti-logs-'));
    try {
      const path = join(directory, 'all.tgz');
      await writeArchive(services, { path, directory, bundles, time: timestamp(task.clock.now()) });
      return { blobstoreId: await services.blobstore.put({ path }), sha1: '' };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}

interface Archive {
  readonly path: string;
  readonly directory: string;
  readonly bundles: readonly InstanceBundle[];
  readonly time: string;
}

async function writeArchive(services: DeployServices, { path, directory, bundles, time }: Archive): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createGzip(), createWriteStream(path));
  for (const { instance, bundle } of bundles) {
    const part = join(directory, instance.uuid);
    await services.blobstore.get(blobId(bundle.blobstoreId), part);
    const { size } = await stat(part);
    const entry = tar.entry({ name: `./${instance.group}.${instance.uuid}.${time}.tgz`, size });
    await pipeline(createReadStream(part), entry);
    await services.blobstore.delete(blobId(bundle.blobstoreId));
  }
  tar.finalize();
  await written;
}

const timestamp = (time: Date): string => time.toISOString().slice(0, 19).replaceAll(/[T:]/g, '-');
