import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, type StemcellCid, stemcellCid, vmCid } from '@boti/core';
import { CloudError } from '@boti/cpi-sdk';
import type { HostContext } from './host-context.ts';
import { requireSpace } from './requirements.ts';
import { shell } from './shell.ts';
import { fileName, type StateDir, stemcellDir } from './state-dir.ts';
import { findVmRecord, vmCids } from './vm-record.ts';

/** The unpacked tree of a stemcell. Nothing may change in it: it lies below every VM's own files. */
export function stemcellRootfs(state: StateDir, cid: string): string {
  return join(stemcellDir(state, cid), 'rootfs');
}

/** Unpacks a root file system (tar, in any compression) and gives it a cid. */
export async function createStemcell(host: HostContext, imagePath: string, creationId: string): Promise<StemcellCid> {
  const { state, signal } = host;
  await requireSpace(state.root);
  const known = await host.journal.find(creationId, signal);
  if (known !== undefined) return stemcellCid(known);
  const cid = stemcellCid(`stemcell-${fileName(creationId)}`);
  const made = await host.journal.create(
    creationId,
    async (record) => {
      await record({ kind: 'stemcell', id: cid });
      await unpack(host, imagePath, cid);
      await writeFile(join(stemcellDir(state, cid), 'creation-id'), creationId);
      return { cid };
    },
    signal,
  );
  return made.cid;
}

/** tar's own choice for gzip is half as fast as pigz, which reads, unpacks and checks in threads. */
const unpackScript = `
use=
if command -v pigz >/dev/null && [ "$(head -c 2 "$1" | od -An -tx1)" = " 1f 8b" ]; then use="-I pigz"; fi
exec tar $use -xpf "$1" -C "$2" --numeric-owner --xattrs --xattrs-include='*'`;

async function unpack({ state, signal, logger }: HostContext, imagePath: string, cid: StemcellCid): Promise<void> {
  const partial = join(stemcellDir(state, cid), 'partial');
  await mkdir(partial, { recursive: true });
  const started = performance.now();
  try {
    await shell(unpackScript, [imagePath, partial], signal);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof CloudError) throw cause;
    throw new CloudError('CloudError', `Stemcell image ${imagePath} cannot be unpacked`, {
      hint: 'It must be a tar file of a root file system (stemcell format warden-tar).',
      cause,
    });
  }
  await requireInit(partial, imagePath);
  await rename(partial, stemcellRootfs(state, cid));
  logger.info('unpacked stemcell', { cid, ms: Math.round(performance.now() - started) });
}

async function requireInit(tree: string, imagePath: string): Promise<void> {
  const files = await Promise.all(['usr/bin', 'bin'].map((dir) => readdir(join(tree, dir)).catch(() => [])));
  const missing = ['tini', 'runsvdir'].filter((program) => !files.flat().includes(program));
  if (missing.length === 0) return;
  throw new CloudError('CloudError', `Stemcell image ${imagePath} has no ${missing.join(' and no ')} in /usr/bin`, {
    hint: 'VMs of this cloud start tini and runsvdir. Use a stemcell that was built for it.',
  });
}

export async function deleteStemcell({ state, journal }: HostContext, cid: StemcellCid): Promise<void> {
  for (const vm of await vmCids(state)) {
    const record = await findVmRecord(state, vmCid(vm));
    if (record?.stemcellCid !== cid) continue;
    throw new CloudError('CloudError', `Stemcell '${cid}' is in use by VM '${vm}'`, { hint: 'Delete its VMs first.' });
  }
  const creationId = await readFile(join(stemcellDir(state, cid), 'creation-id'), 'utf8').catch(() => undefined);
  await removeStemcell(state, cid);
  if (creationId !== undefined) await journal.forget(creationId);
}

export async function removeStemcell(state: StateDir, cid: string): Promise<void> {
  await rm(stemcellDir(state, cid), { recursive: true, force: true });
}

export async function requireStemcell(state: StateDir, cid: string): Promise<void> {
  try {
    await readdir(stemcellRootfs(state, cid));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw new CloudError('StemcellNotFound', `Stemcell '${cid}' does not exist`, {
      hint: 'Upload the stemcell again: bosh upload-stemcell --fix',
    });
  }
}
