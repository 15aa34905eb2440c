import { setTimeout as delay } from 'node:timers/promises';
import { allVersions, extensions, ruleSet } from '../rule.ts';
import { isNotImplemented } from '../run/facts.ts';
import type { Trial } from '../run/trial.ts';
import { readListed } from './listings.ts';
import { vmMetadata } from './made-vm-rules.ts';

const source = 'boti: docs/contracts/cpi.md, X';

async function found(t: Trial, id: string): Promise<unknown> {
  return await t.succeeds('find_creation', [id]);
}

/** X: boti's extensions. */
export const extensionRules = ruleSet({ level: 'live', versions: allVersions, severity: 'MUST', source }, [
  {
    id: 'X0.1',
    title: 'boti.extensions of info is a list of names',
    level: 'offline',
    why: 'Callers look there for what they may use.',
    remedy: 'Answer {"boti": {"extensions": [...]}}, or leave the key out.',
    async check(t) {
      const { boti } = t.facts.info as { readonly boti?: { readonly extensions?: unknown } };
      if (boti === undefined) return t.notApplicable('info has no key boti');
      const list = boti.extensions;
      const isList = Array.isArray(list) && list.every((name) => typeof name === 'string');
      t.expect(isList, 'a list of texts', JSON.stringify(boti));
      t.expect(new Set(list as unknown[]).size === (list as unknown[]).length, 'each once', JSON.stringify(list));
    },
  },
  {
    id: 'X0.2',
    title: 'Every extension that is listed is there',
    level: 'offline',
    why: 'Callers use what is listed, and have nothing to fall back to.',
    remedy: 'List only what you implement.',
    async check(t) {
      const methods = { console_log: 'console_log', list: 'list', journal: 'find_creation' } as const;
      const listed = extensions.filter(
        (name) => t.has(name) && Object.hasOwn(methods, name),
      ) as (keyof typeof methods)[];
      if (listed.length === 0) t.notApplicable('the CPI lists no extension that is a method');
      for (const name of listed) {
        const { answer } = await t.call(methods[name], name === 'list' ? [] : [t.unknown('vm')]);
        t.expect(!isNotImplemented(answer?.error ?? null), `'${methods[name]}' to be there`, 'NotImplemented');
      }
    },
  },
  {
    id: 'X3.1',
    title: 'console_log answers a text',
    needs: { extensions: ['console_log'] },
    why: 'It explains to operators why an agent never answered.',
    remedy: 'Answer the last of the console, "" when there is nothing yet.',
    async check(t) {
      const { cid } = await t.make.vm();
      const text = await t.succeeds('console_log', [cid]);
      t.expect(typeof text === 'string', 'a text', JSON.stringify(text));
    },
  },
  {
    id: 'X3.2',
    title: 'console_log of a VM that is not there fails with VMNotFound',
    severity: 'SHOULD',
    needs: { extensions: ['console_log'] },
    why: 'An empty text would say that the VM is there and silent.',
    remedy: 'Answer Bosh::Clouds::VMNotFound.',
    check: async (t) => void (await t.refuses('console_log', [t.unknown('vm')], { types: ['VMNotFound'] })),
  },
  {
    id: 'X4.1',
    title: 'list answers vms, disks, stemcells and snapshots as lists of cids',
    level: 'offline',
    needs: { extensions: ['list'] },
    why: 'Leak checks and drift reports read it.',
    remedy: 'Answer all four keys, with [] where there is nothing.',
    check: async (t) => void (await readListed(t)),
  },
  {
    id: 'X4.2',
    title: 'list names what was made, and no longer what was deleted',
    needs: { extensions: ['list'] },
    why: 'A thing that is not listed is a leak that nobody sees.',
    remedy: 'Ask the cloud; do not keep a list of your own.',
    async check(t) {
      const stemcell = await t.make.ownStemcell();
      const { vm, disk } = await t.make.attached();
      const snapshot = t.implements('snapshot_disk') ? await t.make.snapshot(disk) : undefined;
      const during = await readListed(t);
      t.expect(during.vms.includes(vm), `VM '${vm}' in vms`, JSON.stringify(during.vms));
      t.expect(during.disks.includes(disk), `disk '${disk}' in disks`, JSON.stringify(during.disks));
      t.expect(
        during.stemcells.includes(stemcell),
        `stemcell '${stemcell}' in stemcells`,
        JSON.stringify(during.stemcells),
      );
      if (snapshot !== undefined) {
        t.expect(during.snapshots.includes(snapshot), `snapshot '${snapshot}'`, JSON.stringify(during.snapshots));
        await t.succeeds('delete_snapshot', [snapshot]);
      }
      await t.succeeds('delete_vm', [vm]);
      await t.succeeds('delete_disk', [disk]);
      await t.succeeds('delete_stemcell', [stemcell]);
      const after = await readListed(t);
      const left = [vm, disk, stemcell, snapshot].filter((cid) =>
        Object.values(after)
          .flat()
          .includes(cid as string),
      );
      t.expect(left.length === 0, 'nothing of it to be listed', left.join(', '));
    },
  },
  {
    id: 'X5.1',
    title: 'find_creation answers the VM that was made for an agent id, and null once it is deleted',
    needs: { extensions: ['journal'] },
    why: 'After a crash the Director asks what became of the call that it had sent.',
    remedy: 'Keep the id with the VM, and forget it with the VM.',
    async check(t) {
      const { cid, agentId } = await t.make.vm();
      t.same(await found(t, agentId), cid, 'find_creation of the agent id');
      await t.succeeds('delete_vm', [cid]);
      t.same(await found(t, agentId), null, 'find_creation after delete_vm');
    },
  },
  {
    id: 'X5.2',
    title: 'find_creation of an id that was never used answers null',
    level: 'offline',
    needs: { extensions: ['journal'] },
    why: 'It says that there is nothing to take away.',
    remedy: 'Answer null, not an error.',
    check: async (t) => t.same(await found(t, t.agentId()), null, 'find_creation of an unknown id'),
  },
  {
    id: 'X5.3',
    title: 'Disks, stemcells and snapshots are found by context.boti_creation, and no longer once deleted',
    needs: { extensions: ['journal'] },
    why: 'As for VMs: what was made by a call whose answer was lost is found and taken away.',
    remedy: 'Keep boti_creation of the context with what the call makes.',
    async check(t) {
      const { size, cloud_properties } = t.config.disk;
      const calls: [string, readonly unknown[], string][] = [
        ['create_disk', [size, cloud_properties, null], 'delete_disk'],
        ['create_stemcell', await t.make.stemcellArguments(), 'delete_stemcell'],
      ];
      if (t.implements('snapshot_disk')) calls.push(['snapshot_disk', [await t.make.disk(), {}], 'delete_snapshot']);
      for (const [method, args, remove] of calls) {
        const id = t.agentId();
        const cid = await t.succeeds(method, args, { context: { boti_creation: id } });
        t.same(await found(t, id), cid, `find_creation after ${method}`);
        await t.succeeds(remove, [cid]);
        t.same(await found(t, id), null, `find_creation after ${remove}`);
      }
    },
  },
  {
    id: 'X5.4',
    title: 'find_creation tells things of different calls apart',
    needs: { extensions: ['journal'] },
    why: 'The wrong thing would be taken away.',
    remedy: 'Compare whole ids.',
    async check(t) {
      const [a, b] = [await t.make.vm(), await t.make.vm()];
      t.same(await found(t, a.agentId), a.cid, 'find_creation of the first agent id');
      t.same(await found(t, b.agentId), b.cid, 'find_creation of the second agent id');
      t.same(await found(t, a.agentId.slice(0, -1)), null, 'find_creation of a part of an id');
    },
  },
  {
    id: 'X5.5',
    title: 'find_creation survives metadata, disks and a reboot of the VM',
    needs: { extensions: ['journal'] },
    why: 'The VM stays findable for as long as it is there.',
    remedy: 'Do not let tags of set_vm_metadata take away your own.',
    async check(t) {
      const { cid, agentId } = await t.make.vm();
      if (t.implements('set_vm_metadata')) await t.succeeds('set_vm_metadata', [cid, vmMetadata]);
      await t.make.attach(cid, await t.make.disk());
      if (t.implements('reboot_vm')) await t.succeeds('reboot_vm', [cid]);
      t.same(await found(t, agentId), cid, 'find_creation');
    },
  },
  {
    id: 'X5.6',
    title: 'find_creation waits for a call that still runs',
    level: 'chaos',
    needs: { extensions: ['journal'] },
    why: 'null while the VM is being made would be taken for the last word, and the VM be nobody’s.',
    remedy: 'Take the lock of the creation before you look.',
    async check(t) {
      const usual = await t.call('create_vm', await t.make.vmArguments(), t.slowly());
      // A call that has not begun, or has ended, proves nothing: it is caught in the middle at one of several moments.
      for (const moment of [0.4, 0.5, 0.6]) {
        const args = await t.make.vmArguments();
        const making = t.attempt('create_vm', args, t.slowly());
        await delay(usual.durationMs * moment);
        const id = await found(t, String(args[0]));
        const { answer } = await making;
        t.expect(answer?.error === null, 'create_vm to succeed', answer?.error?.message ?? 'no answer');
        const cid = Array.isArray(answer?.result) ? (answer.result as unknown[])[0] : answer?.result;
        if (id !== null) return t.same(id, cid, 'find_creation during create_vm');
      }
      if (t.config.slow_cloud === undefined)
        return t.notApplicable('create_vm is too quick to be caught in the middle');
      t.expect(false, 'find_creation during create_vm to wait for it and answer its cid', 'null');
    },
  },
]);
