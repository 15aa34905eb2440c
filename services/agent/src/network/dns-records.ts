import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, writeFileAtomic } from '@boti/core';
import { z } from 'zod';
import { within } from '../action-error.ts';
import type { Deps } from '../actions/action.ts';
import type { BlobRef } from '../blobs/blobs.ts';
import { readJsonFile } from '../json-file.ts';
import { hostsFile } from './hosts-file.ts';

const recordsSchema = z.looseObject({
  records: z.array(z.tuple([z.string(), z.string()])).nullish(),
  version: z.number(),
});

type DnsDeps = Pick<Deps, 'blobs' | 'dirs' | 'ownership' | 'settings'>;

/** Brings /etc/hosts and the file that DNS servers read up to a version; older versions are passed over. */
export async function syncDnsRecords(deps: DnsDeps, blob: BlobRef, version: number): Promise<void> {
  const { blobs, dirs, ownership, settings } = deps;
  const path = join(dirs.instance, 'dns/records.json');
  if ((await storedVersion(path)) >= version) return;
  await using fetched = await within(`getting ${blob.blobId ?? 'DNS records'} from blobstore`, () => blobs.fetch(blob));
  const text = await readFile(fetched.path, 'utf8');
  const content = recordsSchema.parse(JSON.parse(text));
  if (content.version !== version) {
    throw new ExpectedError('version from unpacked dns blob does not match version supplied by director');
  }
  // Another message may have brought a newer one while this one was fetched.
  if ((await storedVersion(path)) >= version) return;
  const lines = (content.records ?? []).map(([ip, name]) => `${ip} ${name}\n`).join('');
  await writeFileAtomic(dirs.etc('hosts'), hostsFile(settings.current.agent_id) + lines, 0o644);
  await ownership.makeDir(join(dirs.instance, 'dns'), 0o755);
  await writeFileAtomic(path, text, 0o640);
  await ownership.give(path);
}

async function storedVersion(path: string): Promise<number> {
  const stored = await readJsonFile(path).catch(() => undefined);
  const version = typeof stored === 'object' && stored !== null && 'version' in stored ? stored.version : undefined;
  return typeof version === 'number' ? version : -1;
}
