import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readIfThere } from '@boti/core';
import { parseYaml, toPlain } from '@boti/manifest';
import { z } from 'zod';
import { type DeploymentState, deploymentStateSchema } from './deployment-state.ts';
import { openStateFile, type StateFile } from './state-file.ts';

const instance = z.looseObject({
  uuid: z.string().nullish(),
  vm_cid: z.string().nullish(),
  disk_cid: z.string().nullish(),
  stemcell_cid: z.string().nullish(),
  stemcell_name: z.string().nullish(),
});
const legacySchema = z.looseObject({ instances: z.array(instance).nullish() });

/** Where a MicroBOSH kept its state: beside the manifest. */
export function legacyStatePath(manifest: string): string {
  return join(dirname(manifest), 'bosh-deployments.yml');
}

/** Takes over the VM and disk of a MicroBOSH, if there is one beside the manifest, and removes its file. */
export async function migrateLegacyState(manifest: string, statePath: string): Promise<StateFile | undefined> {
  const path = legacyStatePath(manifest);
  const yaml = await readIfThere(path);
  if (yaml === undefined) return undefined;
  const file = await openStateFile(statePath, fromLegacy(yaml, path));
  await file.update({});
  await rm(path, { force: true });
  return file;
}

function fromLegacy(yaml: string, path: string): DeploymentState {
  // Ruby wrote its keys as symbols.
  const readable = yaml.replaceAll(/^([- ]) :/gm, '$1 ');
  const { instances } = legacySchema.parse(toPlain(parseYaml(readable, { file: path }).value) ?? {});
  const found = instances?.[0];
  const diskId = found?.disk_cid ? randomUUID() : '';
  return deploymentStateSchema.parse({
    director_id: found?.uuid || randomUUID(),
    current_vm_cid: found?.vm_cid,
    current_disk_id: diskId,
    // A size of 0 is never what a manifest asks for: the next deploy moves the content to a disk of the right size.
    disks: found?.disk_cid ? [{ id: diskId, cid: found.disk_cid, size: 0, cloud_properties: {} }] : [],
    // Without version it matches no stemcell and is deleted once it is not used.
    stemcells: found?.stemcell_cid
      ? [{ id: randomUUID(), name: found.stemcell_name || 'unknown-stemcell', version: '', cid: found.stemcell_cid }]
      : [],
  });
}
