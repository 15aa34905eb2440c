import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shell } from './shell.ts';
import type { StateDir } from './state-dir.ts';
import { stemcellRootfs } from './stemcells.ts';
import type { VmPaths, VmRecord } from './vm-record.ts';

/**
 * A VM's disk: one sparse ext4 image for all that it writes, so that it fills its own disk and not the host's, over the
 * stemcell's tree, which all VMs share and none can write.
 */
export async function makeVmDisk(
  state: StateDir,
  paths: VmPaths,
  record: VmRecord,
  signal?: AbortSignal,
): Promise<void> {
  const data = await stat(join(stemcellRootfs(state, record.stemcellCid), 'var/vcap/data')).catch(() => undefined);
  const ownership = data === undefined ? '0:0' : `${data.uid}:${data.gid}`;
  const mode = data === undefined ? '0755' : (data.mode & 0o7777).toString(8);
  await shell(
    `truncate -s "$2M" "$1"
     mkfs.ext4 -q -F -m0 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard "$1"
     mkdir -p "$3" "$4"
     mount -o loop,noatime "$1" "$3"
     mkdir -p "$3/upper/etc" "$3/work" "$3/data"
     chown "$5" "$3/data"; chmod "$6" "$3/data"`,
    [paths.image, String(record.diskMib), paths.imageMount, paths.rootfs, ownership, mode],
    signal,
  );
  await writeEtc(join(paths.imageMount, 'upper/etc'), record);
  await mountRootfs(state, paths, record, signal);
}

/** Mounts what a VM needs, if it is not mounted: after a reboot of the host nothing is. */
export async function mountVmDisk(state: StateDir, paths: VmPaths, record: VmRecord): Promise<void> {
  const mounted = await mountPoints();
  if (!mounted.has(paths.imageMount)) await shell('mount -o loop,noatime "$1" "$2"', [paths.image, paths.imageMount]);
  if (!mounted.has(paths.rootfs)) await mountRootfs(state, paths, record);
}

async function mountRootfs(state: StateDir, paths: VmPaths, record: VmRecord, signal?: AbortSignal): Promise<void> {
  await shell(
    'mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$3"',
    [stemcellRootfs(state, record.stemcellCid), paths.imageMount, paths.rootfs],
    signal,
  );
}

/** Absent is success. Something busy, such as a copy that runs, is unmounted as soon as it is done. */
export async function unmountVmDisk(paths: VmPaths): Promise<void> {
  const mounted = await mountPoints();
  const targets = [paths.rootfs, paths.imageMount].filter((path) => mounted.has(path));
  if (targets.length > 0) await shell('for m do umount "$m" 2>/dev/null || umount -l "$m"; done', targets);
}

/** Mount points of this process' namespace, by path. */
export async function mountPoints(): Promise<ReadonlySet<string>> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).trimEnd().split('\n');
  return new Set(lines.map((line) => unescapePath(line.split(' ')[4] ?? '')));
}

function unescapePath(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** What resolver and host name look like before the agent has a say. */
async function writeEtc(etc: string, record: VmRecord): Promise<void> {
  await mkdir(etc, { recursive: true });
  const address = record.networks[0]?.ip ?? '127.0.1.1';
  const files = {
    'resolv.conf': record.dns.map((server) => `nameserver ${server}\n`).join(''),
    hosts: `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${address} ${record.hostname}\n`,
    hostname: `${record.hostname}\n`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(etc, name), content, { mode: 0o644 });
}
