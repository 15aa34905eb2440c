import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CpiResponse } from '@boti/cpi-sdk';
import { failed, inMethods, inResults, type Mutant, type MutantCall, memory, ok } from './mutant.ts';

type Networks = Record<string, Record<string, unknown>>;

/** create_vm as a cloud that does not know agent ids: `before` may remove what was made for this agent earlier. */
async function createUnnamed(call: MutantCall, before: (previous: unknown) => Promise<void>): Promise<CpiResponse> {
  const [agent, stemcell, properties, networks, ...rest] = call.args as [string, unknown, unknown, Networks];
  const byAgent = memory<Record<string, unknown>>(call.dir, 'agents', {});
  await before(byAgent.get()[agent]);
  const wanted = Object.entries(networks ?? {}).map(([name, { ip: _ip, ...network }]) => [name, network]);
  const response = await call.next({
    arguments: [`${agent}~${randomUUID()}`, stemcell, properties, Object.fromEntries(wanted), ...rest],
  });
  if (response.error !== null) return response;
  const [cid, given] = (Array.isArray(response.result) ? response.result : [response.result, {}]) as [string, Networks];
  byAgent.set({ ...byAgent.get(), [agent]: cid });
  const answered = Object.entries(given).map(([name, network]) => [name, { ...network, ...networks[name] }]);
  return ok(Array.isArray(response.result) ? [cid, Object.fromEntries(answered)] : cid);
}

/** What belongs to whom, and what is called how. */
export const identityMutants: readonly Mutant[] = [
  {
    name: 'one-agent-two-vms',
    bug: 'create_vm for an agent that has a VM makes a second one.',
    call: async (call) => {
      const { args, dir, method, next } = call;
      if (method === 'create_vm') return await createUnnamed(call, async () => undefined);
      if (method !== 'find_creation') return await next();
      return ok(memory<Record<string, unknown>>(dir, 'agents', {}).get()[String(args[0])] ?? null);
    },
  },
  {
    name: 'one-agent-two-vms-at-once',
    bug: 'Two create_vm for the same agent at the same time make two VMs: each looks before the other has made one.',
    call: async (call) => {
      const { args, ask, dir, method, next } = call;
      if (method === 'create_vm') {
        return await createUnnamed(call, async (previous) => {
          if (previous !== undefined) await ask('delete_vm', previous);
          await delay(200);
        });
      }
      if (method !== 'find_creation') return await next();
      const found = memory<Record<string, unknown>>(dir, 'agents', {}).get()[String(args[0])];
      return ok(found !== undefined && (await ask('has_vm', found)) === true ? found : null);
    },
  },
  {
    name: 'has-vm-always',
    bug: 'has_vm answers true for any cid.',
    call: inResults(['has_vm'], () => true),
  },
  {
    name: 'has-vm-as-text',
    bug: 'has_vm answers "true" and "false".',
    call: inResults(['has_vm'], (result) => String(result)),
  },
  {
    name: 'has-vm-fails',
    bug: 'has_vm of a VM that is gone is VMNotFound in place of false.',
    call: inMethods(['has_vm'], async ({ args, next }) => {
      const response = await next();
      return response.result === false ? failed('VMNotFound', `VM '${String(args[0])}' is gone`) : response;
    }),
  },
  {
    name: 'has-disk-after-delete',
    bug: 'has_disk is true for a disk that was deleted: the cloud still lists it for a while.',
    call: async ({ args, dir, method, next }) => {
      const deleted = memory<unknown[]>(dir, 'deleted', []);
      if (method === 'delete_disk') deleted.set([...deleted.get(), args[0]]);
      return method === 'has_disk' && deleted.get().includes(args[0]) ? ok(true) : await next();
    },
  },
  {
    name: 'has-disk-only-detached',
    bug: 'has_disk is false while the disk is attached.',
    call: inResults(['has_disk'], async (result, { args, ask }) => {
      const list = (await ask('list')) as { readonly vms: readonly unknown[] };
      const attached = (await Promise.all(list.vms.map((vm) => ask('get_disks', vm)))).flat();
      return result === true && !attached.includes(args[0]);
    }),
  },
  {
    name: 'disks-of-everybody',
    bug: 'get_disks answers the attached disks of all VMs.',
    call: inResults(['get_disks'], async (_result, { ask }) => {
      const list = (await ask('list')) as { readonly vms: readonly unknown[] };
      return (await Promise.all(list.vms.map((vm) => ask('get_disks', vm)))).flat();
    }),
  },
  {
    name: 'disks-as-objects',
    bug: 'get_disks answers objects in place of cids.',
    call: inResults(['get_disks'], (result) => (result as readonly unknown[]).map((id) => ({ id }))),
  },
  {
    name: 'detach-from-another-vm',
    bug: 'detach_disk takes the disk off whichever VM has it.',
    call: inMethods(['detach_disk'], async ({ args, next, ask }) => {
      const response = await next();
      if (!response.error?.type.endsWith('DiskNotAttached')) return response;
      const list = (await ask('list')) as { readonly vms: readonly unknown[] };
      for (const vm of list.vms) {
        if (((await ask('get_disks', vm)) as readonly unknown[]).includes(args[1])) {
          await ask('detach_disk', vm, args[1]);
          return ok(null);
        }
      }
      return response;
    }),
  },
  {
    name: 'disk-cid-as-number',
    bug: 'create_disk answers a number.',
    call: async ({ args, dir, method, next, request }) => {
      const numbers = memory<Record<string, string>>(dir, 'numbers', {});
      const real = args.map((arg) => numbers.get()[String(arg)] ?? arg);
      const response = await next(
        method === 'create_disk' ? {} : { arguments: real.slice(0, request.arguments.length) },
      );
      if (method !== 'create_disk' || response.error !== null) return response;
      const number = 1_000_000 + Object.keys(numbers.get()).length;
      numbers.set({ ...numbers.get(), [number]: String(response.result) });
      return ok(number);
    },
  },
  {
    name: 'empty-stemcell-cid',
    bug: 'create_stemcell answers an empty text.',
    call: inResults(['create_stemcell'], () => ''),
  },
  {
    name: 'networks-empty',
    bug: 'create_vm answers {} for the networks, though it was given some.',
    call: inResults(['create_vm'], (result) => (Array.isArray(result) ? [result[0], {}] : result)),
  },
  {
    name: 'first-network-only',
    bug: 'create_vm answers the first of several networks only.',
    call: inResults(['create_vm'], (result) => {
      if (!Array.isArray(result)) return result;
      return [result[0], Object.fromEntries(Object.entries(result[1] as object).slice(0, 1))];
    }),
  },
  {
    name: 'networks-as-list',
    bug: 'create_vm answers the networks as a list.',
    call: inResults(['create_vm'], (result) =>
      Array.isArray(result) ? [result[0], Object.values(result[1] as object)] : result,
    ),
  },
  {
    name: 'calculated-as-list',
    bug: 'calculate_vm_cloud_properties answers a list of matching types.',
    call: inResults(['calculate_vm_cloud_properties'], (result) => [result]),
  },
  {
    name: 'network-as-text',
    bug: 'create_network answers the cid alone.',
    call: inResults(['create_network'], (result) => (result as unknown[])[0]),
  },
  {
    name: 'configuration-from-file-only',
    bug: 'Properties in the context do not count, those of the configuration file do.',
    call: ({ next, request }) => {
      const { director_uuid, request_id, vm, boti_creation, stateDir } = request.context;
      return next({ context: { director_uuid, request_id, vm, boti_creation, ...(stateDir ? { stateDir } : {}) } });
    },
  },
];
