import { spawnSync } from 'node:child_process';
import { existsSync, statSync, unlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { failed, inMethods, type Mutant, ok } from './mutant.ts';

/** Runs a command line as a careless author does. */
function shell(command: string): void {
  spawnSync('sh', ['-c', command], { stdio: 'ignore', timeout: 5000 });
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** What callers should not be able to do. */
export const hostileInputMutants: readonly Mutant[] = [
  {
    name: 'shell-in-has-vm',
    bug: 'has_vm hands the cid to a shell between double quotes.',
    call: inMethods(['has_vm'], async ({ args, next }) => {
      if (typeof args[0] === 'string' && !args[0].includes('\0')) shell(`test -d "vms/${args[0]}"`);
      return await next();
    }),
  },
  {
    name: 'shell-in-metadata',
    bug: 'set_vm_metadata hands the values to a shell between single quotes.',
    call: inMethods(['set_vm_metadata', 'set_disk_metadata'], async ({ args, next }) => {
      const values = Object.values((args[1] ?? {}) as object).map(String);
      for (const value of values) if (!value.includes('\0') && value.length < 10_000) shell(`: tag='${value}'`);
      return await next();
    }),
  },
  {
    name: 'shell-in-network-name',
    bug: 'create_vm hands the names of networks to a shell.',
    call: inMethods(['create_vm'], async ({ args, next }) => {
      for (const name of Object.keys((args[3] ?? {}) as object)) if (!name.includes('\0')) shell(`: network ${name}`);
      return await next();
    }),
  },
  {
    name: 'disk-cid-is-a-path',
    bug: 'has_disk is true for any file that a cid with ../ leads to.',
    call: inMethods(['has_disk'], async ({ args, dir, next }) => {
      const response = await next();
      const path = resolve(dir, String(args[0]));
      return response.result === false && !String(args[0]).includes('\0') && isFile(path) ? ok(true) : response;
    }),
  },
  {
    name: 'delete-disk-follows-paths',
    bug: 'delete_disk deletes the file that a cid with ../ leads to.',
    call: inMethods(['delete_disk'], async ({ args, dir, next }) => {
      const response = await next();
      const cid = String(args[0]);
      if (cid.includes('/') && !cid.includes('\0') && isFile(resolve(dir, cid))) unlinkSync(resolve(dir, cid));
      return response;
    }),
  },
  {
    name: 'vms-called-constructor',
    bug: 'VMs are looked up in an ordinary object: has_vm is true for constructor and __proto__.',
    call: inMethods(['has_vm'], async ({ args, next }) => (String(args[0]) in {} ? ok(true) : await next())),
  },
  {
    name: 'methods-called-constructor',
    bug: 'Methods are looked up in an ordinary object: the methods constructor and toString are there.',
    call: async ({ method, next }) => (method in {} ? ok('[object Object]') : await next()),
  },
  {
    name: 'requests-of-100-kib-at-most',
    bug: 'Requests of more than 100 KiB are refused.',
    call: async ({ next, request }) =>
      JSON.stringify(request).length > 102_400 ? failed('CpiError', 'request entity too large') : await next(),
  },
  {
    name: 'empty-cid-is-there',
    bug: 'has_vm and has_disk are true for an empty cid: the folder of all is there.',
    call: inMethods(['has_vm', 'has_disk'], async ({ args, next }) => (args[0] === '' ? ok(true) : await next())),
  },
  {
    name: 'cids-by-prefix',
    bug: 'has_vm and delete_vm take a part of a cid for the whole.',
    call: inMethods(['has_vm', 'delete_vm'], async ({ args, next, ask }) => {
      const { vms } = ((await ask('list')) ?? { vms: [] }) as { readonly vms: readonly string[] };
      const found = typeof args[0] === 'string' ? vms.find((cid) => cid.startsWith(args[0] as string)) : undefined;
      return await next(found === undefined ? {} : { arguments: [found] });
    }),
  },
  {
    name: 'ascii-metadata-only',
    bug: 'set_vm_metadata fails when a value has characters beyond ASCII.',
    call: inMethods(['set_vm_metadata'], async ({ args, next }) =>
      /[^\0-\x7F]/u.test(JSON.stringify(args[1])) ? failed('Unknown', "'ascii' codec can't encode") : await next(),
    ),
  },
  {
    name: 'files-named-by-cid',
    bug: 'has_disk opens a file called as the cid: one that is too long or has a null byte ends the process.',
    call: inMethods(['has_disk'], async ({ args, next }) => {
      const cid = String(args[0]);
      if (cid.length > 255 || cid.includes('\0')) {
        process.stderr.write('ENAMETOOLONG: name too long, open\n');
        process.exit(1);
      }
      return await next();
    }),
  },
  {
    name: 'size-as-text',
    bug: 'create_disk takes a text for the size.',
    call: inMethods(['create_disk'], async ({ args: [size, ...rest], next }) =>
      typeof size === 'string' ? await next({ arguments: [Number.parseInt(size, 10) || 1, ...rest] }) : await next(),
    ),
  },
  {
    name: 'negative-size',
    bug: 'create_disk makes disks of no size and of negative sizes.',
    call: inMethods(['create_disk'], async ({ args: [size, ...rest], next }) =>
      typeof size === 'number' && size <= 0 ? await next({ arguments: [1, ...rest] }) : await next(),
    ),
  },
  {
    name: 'surplus-arguments-ignored',
    bug: 'Arguments beyond the last one are not noticed.',
    call: inMethods(['has_vm', 'has_disk', 'delete_vm', 'delete_disk', 'attach_disk', 'detach_disk'], (call) =>
      call.next({
        arguments: call.args.slice(0, call.method.startsWith('has') || call.method.startsWith('del') ? 1 : 2),
      }),
    ),
  },
  {
    name: 'null-vm-cid-crashes',
    bug: 'create_disk without a VM to be near to is an internal error.',
    call: inMethods(['create_disk'], async ({ args, next }) =>
      typeof args[2] === 'string' ? await next() : failed('Unknown', 'undefined method availability_zone for nil'),
    ),
  },
  {
    name: 'null-env-crashes',
    bug: 'create_vm with env null or without disk_cids is an internal error.',
    call: inMethods(['create_vm'], async ({ args, next }) =>
      args.length === 6 && (args[5] === null || args[4] === null)
        ? failed('Unknown', 'undefined method [] for nil')
        : await next(),
    ),
  },
];
