import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { VmCid } from '@boti/core';
import type { HostContext } from './host-context.ts';
import { requireVmRecord, vmPaths } from './vm-record.ts';

const maxBytes = 64 * 1024;

/** The last of what the VM's init and its agent have said. */
export async function consoleLog({ state }: HostContext, cid: VmCid): Promise<string> {
  await requireVmRecord(state, cid);
  const { consoleLog: console, imageMount, dir } = vmPaths(state, cid);
  const parts = [
    ['console', await tail(console, dir)],
    ['runtime', await tail(join(dir, 'runtime.log'), dir)],
    ['agent', await tail(join(imageMount, 'upper/var/vcap/bosh/log/current'), imageMount)],
  ];
  return parts
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `--- ${name} ---\n${text}`)
    .join('\n');
}

/** The VM decides what its files are: only plain ones that really lie in `within` are read. */
async function tail(path: string, within: string): Promise<string> {
  try {
    if (!(await realpath(path)).startsWith(`${within}/`)) return '';
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = await file.stat();
    const start = Math.max(0, size - maxBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.subarray(0, bytesRead).toString();
  } catch {
    return '';
  }
}
