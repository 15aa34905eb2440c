import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openTempDir, type StemcellCid, stemcellCid } from '@boti/core';
import type { OpenStemcell } from '../artifacts/stemcell.ts';
import type { Stage } from '../stage.ts';
import type { StemcellRecord } from '../state/deployment-state.ts';
import type { StateFile } from '../state/state-file.ts';
import { within } from '../within.ts';
import { deleteRecorded } from './delete-recorded.ts';
import type { EnvCloud } from './env-cloud.ts';

interface StemcellContext {
  readonly cloud: EnvCloud;
  readonly state: StateFile;
  readonly tmp: string;
  readonly signal: AbortSignal;
}

/** The stemcell's record; it is uploaded unless one of its name and version is there. */
export async function uploadStemcell(
  { cloud, state, tmp, signal }: StemcellContext,
  stemcell: OpenStemcell,
  stage: Stage,
): Promise<StemcellRecord> {
  const { name, version, apiVersion } = stemcell.manifest;
  const step = `Uploading stemcell '${name}/${version}'`;
  const known = state.state.stemcells.find((record) => record.name === name && record.version === version);
  if (known !== undefined) {
    stage.skip(step, 'Stemcell already uploaded');
    return known;
  }
  return await stage.step(step, () =>
    within(step, signal, async () => {
      await using dir = await openTempDir('stemcell-', tmp);
      const { imagePath, manifest } = await stemcell.extract(join(dir.path));
      const record = { id: randomUUID(), name, version, api_version: apiVersion };
      const cid = await cloud.create<StemcellCid>({
        kind: 'stemcell',
        make: (calls) => calls.createStemcell(imagePath, manifest.cloudProperties),
        store: (made) => ({ stemcells: [...state.state.stemcells, { ...record, cid: made }] }),
      });
      return { ...record, cid };
    }),
  );
}

/** Deletes the stemcells that no VM of the environment is made from. */
export async function deleteUnusedStemcells(
  { cloud, state }: Pick<StemcellContext, 'cloud' | 'state'>,
  stage: Stage,
): Promise<void> {
  for (const record of state.state.stemcells) {
    if (record.id === state.state.current_stemcell_id) continue;
    await deleteStemcell({ cloud, state }, { record, step: `Deleting unused stemcell '${record.cid}'` }, stage);
  }
}

export async function deleteStemcell(
  { cloud, state }: Pick<StemcellContext, 'cloud' | 'state'>,
  { record, step }: { readonly record: StemcellRecord; readonly step: string },
  stage: Stage,
): Promise<void> {
  await deleteRecorded(stage, {
    step,
    remove: () => cloud.calls.deleteStemcell(stemcellCid(record.cid)),
    gone: 'StemcellNotFound',
    reason: 'Stemcell not found',
    forget: () =>
      state.update({
        stemcells: state.state.stemcells.filter(({ id }) => id !== record.id),
        ...(record.id === state.state.current_stemcell_id && { current_stemcell_id: '' }),
      }),
  });
}
