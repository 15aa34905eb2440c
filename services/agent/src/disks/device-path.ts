import { access, readdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskHint } from '@boti/agent-protocol';
import { type Clock, ExpectedError } from '@boti/core';

export interface DeviceSearch {
  readonly hint: DiskHint;
  /** `DevicePathResolutionType` of agent.json: `virtio`, `scsi` or empty. */
  readonly resolutionType: string;
  readonly timeoutMs?: number;
  readonly clock: Clock;
}

const defaultTimeoutMs = 30_000;
const pollMs = 100;

/** The device that a hint means, waited for until it appears. Source: bosh-agent infrastructure/devicepathresolver. */
export async function devicePath({
  hint,
  resolutionType,
  timeoutMs = defaultTimeoutMs,
  clock,
}: DeviceSearch): Promise<string> {
  const fields = hintFields(hint);
  const deadline = clock.now().getTime() + timeoutMs;
  while (true) {
    const found = await find(fields, resolutionType);
    if (found !== undefined) return await realpath(found);
    if (clock.now().getTime() >= deadline) break;
    await clock.sleep(pollMs);
  }
  throw new ExpectedError(`Timed out getting real device path for ${JSON.stringify(hint)}`, {
    hint: 'The CPI answered this hint in attach_disk, but no such device has appeared in the VM.',
  });
}

interface HintFields {
  readonly path: string;
  readonly id: string;
  readonly volumeId: string;
}

// BOSH: settings/settings.go: a text is both a path and a volume id.
function hintFields(hint: DiskHint): HintFields {
  if (typeof hint === 'string') return { path: hint, id: '', volumeId: hint };
  const text = (key: string): string => (typeof hint[key] === 'string' ? hint[key] : '');
  return { path: text('path'), id: text('id'), volumeId: text('volume_id') };
}

async function find({ path, id, volumeId }: HintFields, resolutionType: string): Promise<string | undefined> {
  if (id !== '') {
    if (resolutionType === 'scsi') await rescanScsiHosts();
    const byId = await deviceById(id);
    if (byId !== undefined) return byId;
  }
  if (resolutionType === 'scsi' && /^\d+$/.test(volumeId)) return await scsiDevice(volumeId);
  return path === '' ? undefined : await firstExisting(aliases(path));
}

/** `/dev/disk/by-id/*<id>`; virtio serial numbers are cut to 20 characters, SCSI ids have no dashes. */
async function deviceById(id: string): Promise<string | undefined> {
  const dir = '/dev/disk/by-id';
  const endings = [id, id.slice(0, 20), id.replaceAll('-', '')];
  const names = await readdir(dir).catch(() => []);
  const name = names.find((candidate) => endings.some((ending) => candidate.endsWith(ending)));
  return name === undefined ? undefined : join(dir, name);
}

function aliases(path: string): string[] {
  const letter = /^\/dev\/(?:s|v|xv)d([a-z]+)$/.exec(path)?.[1];
  return letter === undefined ? [path] : [`/dev/xvd${letter}`, `/dev/vd${letter}`, `/dev/sd${letter}`];
}

async function scsiDevice(volumeId: string): Promise<string | undefined> {
  await rescanScsiHosts();
  for (const address of await readdir('/sys/bus/scsi/devices').catch(() => [])) {
    if (!address.endsWith(`:0:${volumeId}:0`)) continue;
    const [name] = await readdir(join('/sys/bus/scsi/devices', address, 'block')).catch(() => []);
    if (name !== undefined) return join('/dev', name);
  }
  return undefined;
}

async function rescanScsiHosts(): Promise<void> {
  const dir = '/sys/class/scsi_host';
  for (const host of await readdir(dir).catch(() => [])) {
    await writeFile(join(dir, host, 'scan'), '- - -').catch(() => undefined);
  }
}

async function firstExisting(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      await access(path);
      return path;
    } catch {
      // The next one.
    }
  }
  return undefined;
}
