import { setTimeout as delay } from 'node:timers/promises';
import { failed, inMethods, inResults, type Mutant, memory, ok } from './mutant.ts';

/** A delete that does not bear to be repeated: `isThere` tells whether there is something left to delete. */
function deleteOnce(method: string, kind: 'vms' | 'disks' | 'stemcells' | 'snapshots'): NonNullable<Mutant['call']> {
  return inMethods([method], async ({ args, next, ask }) => {
    const list = (await ask('list')) as Record<string, readonly unknown[]> | undefined;
    return list?.[kind]?.includes(args[0]) === false
      ? failed('CloudError', `${method}: the cloud answered 404 for '${String(args[0])}'`)
      : await next();
  });
}

/** Deletes that answer that they have done it. */
function deletesNothing(method: string): NonNullable<Mutant['call']> {
  return inMethods([method], async () => ok(null));
}

/** Things that stay, go, or come back against the caller's will. */
export const lifeCycleMutants: readonly Mutant[] = [
  { name: 'delete-vm-once', bug: 'A second delete_vm is a CloudError.', call: deleteOnce('delete_vm', 'vms') },
  { name: 'delete-disk-once', bug: 'A second delete_disk is a CloudError.', call: deleteOnce('delete_disk', 'disks') },
  {
    name: 'delete-stemcell-once',
    bug: 'A second delete_stemcell is a CloudError.',
    call: deleteOnce('delete_stemcell', 'stemcells'),
  },
  {
    name: 'delete-snapshot-once',
    bug: 'A second delete_snapshot is a CloudError.',
    call: deleteOnce('delete_snapshot', 'snapshots'),
  },
  { name: 'delete-vm-keeps-it', bug: 'delete_vm answers and leaves the VM.', call: deletesNothing('delete_vm') },
  {
    name: 'delete-stemcell-keeps-it',
    bug: 'delete_stemcell answers and leaves the stemcell.',
    call: deletesNothing('delete_stemcell'),
  },
  {
    name: 'delete-snapshot-keeps-it',
    bug: 'delete_snapshot answers and leaves the snapshot.',
    call: deletesNothing('delete_snapshot'),
  },
  {
    name: 'used-disk-stays',
    bug: 'delete_disk answers and leaves the disk, when it was attached once.',
    call: async (call) => {
      const { args, dir, method, next } = call;
      const used = memory<unknown[]>(dir, 'used', []);
      if (method === 'attach_disk') used.set([...used.get(), args[1]]);
      return method === 'delete_disk' && used.get().includes(args[0]) ? ok(null) : await next();
    },
  },
  {
    name: 'delete-vm-takes-disks',
    bug: 'delete_vm deletes the disks that are attached.',
    call: inMethods(['delete_vm'], async ({ args, next, ask }) => {
      const disks = ((await ask('get_disks', args[0])) ?? []) as readonly unknown[];
      const response = await next();
      for (const disk of disks) await ask('delete_disk', disk);
      return response;
    }),
  },
  {
    name: 'delete-vm-refused-with-disks',
    bug: 'delete_vm fails while a disk is attached.',
    call: inMethods(['delete_vm'], async ({ args, next, ask }) => {
      const disks = ((await ask('get_disks', args[0])) ?? []) as readonly unknown[];
      return disks.length > 0 ? failed('CloudError', 'The server has volumes attached') : await next();
    }),
  },
  {
    name: 'failed-create-vm-leaves-disk',
    bug: 'create_vm makes the root disk before it looks whether the stemcell exists, and leaves it.',
    call: inMethods(['create_vm'], async ({ next, ask }) => {
      const response = await next();
      if (response.error?.type.endsWith('StemcellNotFound')) await ask('create_disk', 1024, {});
      return response;
    }),
  },
  {
    name: 'killed-create-vm-leaves-disk',
    bug: 'The root disk of a create_vm that was killed stays for ever.',
    call: inMethods(['create_vm'], async ({ next, ask }) => {
      const disk = await ask('create_disk', 1024, {});
      await delay(1500);
      const response = await next();
      await ask('delete_disk', disk);
      return response;
    }),
  },
  {
    name: 'sigterm-ignored',
    bug: 'create_vm takes its time and does not heed SIGTERM.',
    sigterm: 'ignored',
    call: inMethods(['create_vm'], async ({ next, isServe }) => {
      if (!isServe) await delay(3000);
      return await next();
    }),
  },
  {
    name: 'second-attach-other-hint',
    bug: 'attach_disk of a disk that is attached there answers another hint.',
    call: inMethods(['attach_disk'], async ({ args, next, ask }) => {
      const disks = ((await ask('get_disks', args[0])) ?? []) as readonly unknown[];
      const response = await next();
      const isAgain = disks.includes(args[1]) && response.error === null && response.result !== null;
      return isAgain ? { ...response, result: { path: '/dev/sdz' } } : response;
    }),
  },
  {
    name: 'second-attach-refused',
    bug: 'attach_disk of a disk that is attached there is an error.',
    call: inMethods(['attach_disk'], async ({ args, next, ask }) => {
      const disks = ((await ask('get_disks', args[0])) ?? []) as readonly unknown[];
      return disks.includes(args[1]) ? failed('CloudError', 'The volume is in use') : await next();
    }),
  },
  {
    name: 'detach-takes-all',
    bug: 'detach_disk takes all disks off the VM.',
    call: inMethods(['detach_disk'], async ({ args, next, ask }) => {
      const response = await next();
      if (response.error !== null) return response;
      for (const disk of ((await ask('get_disks', args[0])) ?? []) as readonly unknown[]) {
        await ask('detach_disk', args[0], disk);
      }
      return response;
    }),
  },
  {
    name: 'detach-deletes',
    bug: 'detach_disk deletes the disk.',
    call: inMethods(['detach_disk'], async ({ args, next, ask }) => {
      const response = await next();
      if (response.error === null) await ask('delete_disk', args[1]);
      return response;
    }),
  },
  {
    name: 'metadata-detaches',
    bug: 'set_vm_metadata writes the record of the VM anew, without its disks.',
    call: inMethods(['set_vm_metadata'], async ({ args, next, ask }) => {
      for (const disk of ((await ask('get_disks', args[0])) ?? []) as readonly unknown[]) {
        await ask('detach_disk', args[0], disk);
      }
      return await next();
    }),
  },
  {
    name: 'reboot-detaches',
    bug: 'After reboot_vm no disk is attached.',
    call: inMethods(['reboot_vm'], async ({ args, next, ask }) => {
      for (const disk of ((await ask('get_disks', args[0])) ?? []) as readonly unknown[]) {
        await ask('detach_disk', args[0], disk);
      }
      return await next();
    }),
  },
  {
    name: 'snapshot-replaces-the-last',
    bug: 'snapshot_disk deletes the snapshot that was made of this disk before.',
    call: inMethods(['snapshot_disk'], async ({ args, dir, next, ask }) => {
      const last = memory<Record<string, unknown>>(dir, 'snapshots', {});
      const before = last.get()[String(args[0])];
      const response = await next();
      if (response.error === null) {
        if (before !== undefined) await ask('delete_snapshot', before);
        last.set({ ...last.get(), [String(args[0])]: response.result });
      }
      return response;
    }),
  },
  {
    name: 'update-disk-answers-a-ghost',
    bug: 'update_disk answers the cid of a disk that is not there.',
    call: inResults(['update_disk'], () => 'sim-disk-ghost'),
  },
  {
    name: 'update-disk-keeps-the-old',
    bug: 'update_disk makes a new disk and leaves the old one.',
    call: inMethods(['update_disk'], async ({ args, next, ask }) => {
      const response = await next();
      if (response.error !== null) return response;
      return ok(await ask('create_disk', args[1], {}));
    }),
  },
  {
    name: 'delete-network-once',
    bug: 'A second delete_network is an internal error.',
    call: async ({ args, dir, method, next }) => {
      const networks = memory<unknown[]>(dir, 'networks', []);
      if (method === 'create_network') {
        const response = await next();
        if (Array.isArray(response.result)) networks.set([...networks.get(), response.result[0]]);
        return response;
      }
      if (method !== 'delete_network') return await next();
      if (!networks.get().includes(args[0])) return failed('Unknown', 'undefined method id for nil');
      networks.set(networks.get().filter((cid) => cid !== args[0]));
      return await next();
    },
  },
  {
    name: 'creations-forgotten',
    bug: 'find_creation answers null for what was made.',
    call: inResults(['find_creation'], () => null),
  },
  {
    name: 'list-without-attached-disks',
    bug: 'list leaves out the disks that are attached.',
    call: inResults(['list'], async (result, { ask }) => {
      const all = result as { readonly vms: readonly unknown[]; readonly disks: readonly unknown[] };
      const attached = (await Promise.all(all.vms.map((vm) => ask('get_disks', vm)))).flat();
      return { ...all, disks: all.disks.filter((disk) => !attached.includes(disk)) };
    }),
  },
  {
    name: 'list-of-objects',
    bug: 'list answers objects with a cid in place of cids.',
    call: inResults(['list'], (result) =>
      Object.fromEntries(
        Object.entries(result as Record<string, readonly unknown[]>).map(([kind, cids]) => [
          kind,
          cids.map((cid) => ({ cid })),
        ]),
      ),
    ),
  },
];
