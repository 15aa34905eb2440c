import { agentId, diskCid, networkCid, snapshotCid, stemcellCid, vmCid } from '@boti/core';
import { z } from 'zod';
import type { VmNetwork } from './contract.ts';

const text = z.string().min(1, 'must not be empty');
const orEmpty = <T>(value: T | null | undefined, empty: T): T => value ?? empty;

/** Schemas of single arguments. Null stands for absent wherever callers send it. */
export const parameters = {
  agentId: text.transform(agentId),
  vmCid: text.transform(vmCid),
  diskCid: text.transform(diskCid),
  stemcellCid: text.transform(stemcellCid),
  snapshotCid: text.transform(snapshotCid),
  networkCid: text.transform(networkCid),
  text,
  sizeMib: z.number().positive().int(),
  object: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((value) => orEmpty(value, {})),
  diskCids: z
    .array(text.transform(diskCid))
    .nullish()
    .transform((value) => orEmpty(value, [])),
  resources: z.object({ cpu: z.number(), ram: z.number(), ephemeral_disk_size: z.number() }),
  networks: z
    .record(
      z.string(),
      z
        .looseObject({ type: z.enum(['manual', 'dynamic', 'vip']).default('manual') })
        .transform((network) => network as VmNetwork),
    )
    .nullish()
    .transform((value) => orEmpty(value, {})),
};
