import type { CpiContext, Metadata } from '@boti/cpi-sdk';
import type { Labels } from './cloud-client.ts';

/** Marks what a call makes with the caller's id for it, so that it is found again when the call is killed half-way. */
export function creationLabels({ creationId, directorUuid }: CpiContext): Labels {
  return { director: directorUuid, ...(creationId !== undefined && { creation: creationId }) };
}

export function textLabels(metadata: Metadata): Labels {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
}
