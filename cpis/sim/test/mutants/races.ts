import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { failed, inMethods, type Mutant, memory, ok } from './mutant.ts';

/** What goes wrong only when calls run at once. */
export const raceMutants: readonly Mutant[] = [
  {
    name: 'cids-by-second',
    bug: 'Disks are named by the second they are made in: two of one second are the same disk.',
    call: inMethods(['create_disk'], async ({ dir, next }) => {
      const last = memory<{ second?: number; cid?: unknown }>(dir, 'last-disk', {});
      const second = Math.floor(Date.now() / 1000);
      const { second: before, cid } = last.get();
      if (before === second) return ok(cid);
      const response = await next();
      if (response.error === null) last.set({ second, cid: response.result });
      return response;
    }),
  },
  {
    name: 'lost-attachments',
    bug: 'The list of attachments is read, changed and written without a lock: of two at once one is lost.',
    call: async ({ args, dir, method, next }) => {
      const list = memory<readonly (readonly unknown[])[]>(dir, 'attachments', []);
      const isThis = ([vm, disk]: readonly unknown[]): boolean => vm === args[0] && disk === args[1];
      if (method === 'get_disks') {
        const response = await next();
        const own = list.get().filter(([vm]) => vm === args[0]);
        return response.error === null ? ok(own.map(([, disk]) => disk)) : response;
      }
      if (method !== 'attach_disk' && method !== 'detach_disk') return await next();
      const before = list.get();
      if (method === 'detach_disk' && !before.some(isThis)) {
        return failed('DiskNotAttached', `Disk '${String(args[1])}' is not attached to '${String(args[0])}'`);
      }
      await delay(50);
      const response = await next();
      const rest = before.filter((one) => !isThis(one));
      if (response.error === null) list.set(method === 'attach_disk' ? [...rest, [args[0], args[1]]] : rest);
      return response;
    },
  },
  {
    name: 'one-temporary-file',
    bug: 'create_vm keeps its request in a file that is the same for all calls.',
    call: inMethods(['create_vm'], async ({ dir, next, request }) => {
      mkdirSync(dir, { recursive: true });
      const path = join(dir, 'user-data.json');
      writeFileSync(path, JSON.stringify(request.arguments));
      await delay(50);
      return await next({ arguments: JSON.parse(readFileSync(path, 'utf8')) as unknown[] });
    }),
  },
  {
    name: 'one-at-a-time',
    bug: 'A call fails while another one runs.',
    call: async ({ dir, next }) => {
      mkdirSync(dir, { recursive: true });
      const path = join(dir, 'lock');
      try {
        closeSync(openSync(path, 'wx'));
      } catch {
        return failed('CloudError', 'Another call is running');
      }
      try {
        return await next();
      } finally {
        rmSync(path, { force: true });
      }
    },
  },
  {
    name: 'parallel-snapshots-share-a-cid',
    bug: 'Snapshots of different disks that are made at the same time get the same cid.',
    call: inMethods(['snapshot_disk'], async ({ dir, next }) => {
      const running = memory<{ at?: number; cid?: unknown }>(dir, 'snapshot', {});
      const response = await next();
      const { at = 0, cid } = running.get();
      if (response.error === null && Date.now() - at < 100) return ok(cid);
      if (response.error === null) running.set({ at: Date.now(), cid: response.result });
      return response;
    }),
  },
];
