import { allVersions, ruleSet } from '../rule.ts';
import type { Trial } from '../run/trial.ts';
import type { Exchange } from '../target/exchange.ts';

const source =
  'bosh bosh-director lib/bosh/director/thread_pool.rb: max_threads calls at once, in any number of Directors';

function times<T>(count: number, work: (n: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => work(n)));
}

function cidOf({ answer }: Exchange): string {
  const result = answer?.result;
  return String(Array.isArray(result) ? (result as unknown[])[0] : result);
}

function expectAll(t: Trial, exchanges: readonly Exchange[], what: string): void {
  for (const exchange of exchanges) {
    const { error } = exchange.answer ?? {};
    t.expect(error === null, `${what} to succeed, all at once`, error?.message ?? 'no answer', exchange);
  }
}

async function vms(t: Trial, count: number): Promise<readonly Exchange[]> {
  await t.make.stemcell();
  return await times(count, async () => t.call('create_vm', await t.make.vmArguments()));
}

/** P4: calls at the same time. */
export const concurrencyRules = ruleSet(
  {
    level: 'chaos',
    versions: allVersions,
    severity: 'MUST',
    source,
    when: 'alone',
    why: 'Directors make many calls at once, for one instance group and for many deployments.',
    remedy: 'Keep nothing in files or variables that calls share, or lock it; make ids that cannot meet.',
  },
  [
    {
      id: 'P4.1',
      title: 'Many processes at once are each answered right',
      async check(t) {
        const { cid } = await t.make.vm();
        const ids = Array.from({ length: t.config.parallel_calls }, (_, n) => (n % 2 === 0 ? cid : t.unknown('vm')));
        const answers = await Promise.all(
          ids.map((id) => t.call('has_vm', [id], { transport: 'process', deadlineMs: 120_000 })),
        );
        for (const [index, exchange] of answers.entries()) {
          const there = exchange.answer?.result;
          t.expect(there === (ids[index] === cid), `${ids[index] === cid}`, JSON.stringify(there), exchange);
        }
      },
    },
    {
      id: 'P4.2',
      title: 'VMs that are made at once are all there, with cids and addresses of their own',
      async check(t) {
        const made = await vms(t, t.config.parallel_vms);
        expectAll(t, made, 'create_vm');
        const cids = made.map(cidOf);
        t.expect(new Set(cids).size === cids.length, 'different cids', cids.join(', '));
        for (const cid of cids) await t.expectThere('vm', cid, 'after it was made with others');
        for (const { answer, request } of made) {
          const networks = Array.isArray(answer?.result) ? (answer.result as [unknown, object])[1] : undefined;
          const asked = (request as { readonly arguments: readonly object[] }).arguments[3] ?? {};
          if (networks !== undefined) t.same(addressesOf(networks), addressesOf(asked), 'the addresses');
        }
      },
    },
    {
      id: 'P4.3',
      title: 'VMs that are deleted at once are all gone, and the others stay',
      async check(t) {
        const cids = (await vms(t, t.config.parallel_vms)).map(cidOf);
        const [kept = '', ...rest] = cids;
        expectAll(t, await Promise.all(rest.map((cid) => t.call('delete_vm', [cid]))), 'delete_vm');
        for (const cid of rest) await t.expectGone('vm', cid, 'after delete_vm');
        await t.expectThere('vm', kept, 'after others were deleted');
      },
    },
    {
      id: 'P4.4',
      title: 'A VM that is deleted by several calls at once is gone, and each call says so',
      async check(t) {
        const { cid } = await t.make.vm();
        const answers = await times(4, () => t.call('delete_vm', [cid]));
        for (const exchange of answers) {
          const type = exchange.answer?.error?.type;
          const isFine = type === undefined || type === 'Bosh::Clouds::VMNotFound';
          t.expect(isFine, 'success or VMNotFound', `${type}: ${exchange.answer?.error?.message}`, exchange);
        }
        await t.expectGone('vm', cid, 'after delete_vm');
      },
    },
    {
      id: 'P4.5',
      title: 'Disks that are made at once are all there, with cids of their own',
      async check(t) {
        const { size, cloud_properties } = t.config.disk;
        const made = await times(t.config.parallel_vms * 2, () =>
          t.call('create_disk', [size, cloud_properties, null]),
        );
        expectAll(t, made, 'create_disk');
        const cids = made.map(cidOf);
        t.expect(new Set(cids).size === cids.length, 'different cids', cids.join(', '));
        for (const cid of cids) await t.expectThere('disk', cid, 'after it was made with others');
        expectAll(t, await Promise.all(cids.map((cid) => t.call('delete_disk', [cid]))), 'delete_disk');
        for (const cid of cids) await t.expectGone('disk', cid, 'after delete_disk');
      },
    },
    {
      id: 'P4.6',
      title: 'Disks that are attached to one VM at once are all attached, each with a hint of its own',
      async check(t) {
        const { cid: vm } = await t.make.vm();
        const disks = await times(4, () => t.make.disk());
        const attached = await Promise.all(disks.map((disk) => t.call('attach_disk', [vm, disk])));
        expectAll(t, attached, 'attach_disk');
        if (t.version >= 2) {
          const hints = attached.map(({ answer }) => JSON.stringify(answer?.result));
          t.expect(new Set(hints).size === hints.length, 'different hints', hints.join(', '));
        }
        if (!t.implements('get_disks')) return;
        t.same(((await t.succeeds('get_disks', [vm])) as string[]).toSorted(), disks.toSorted(), 'get_disks');
        expectAll(t, await Promise.all(disks.map((disk) => t.call('detach_disk', [vm, disk]))), 'detach_disk');
        t.same(await t.succeeds('get_disks', [vm]), [], 'get_disks after all were detached');
      },
    },
    {
      id: 'P4.7',
      title: 'A disk that several VMs ask for at once is attached to one of them',
      why: 'Two VMs that mount one file system destroy it.',
      async check(t) {
        const both = (await vms(t, 3)).map(cidOf);
        const disk = await t.make.disk();
        const answers = await Promise.all(both.map((vm) => t.call('attach_disk', [vm, disk])));
        const winners = answers.filter(({ answer }) => answer?.error === null);
        t.expect(
          winners.length === 1,
          'one attach_disk to succeed',
          `${winners.length} did`,
          winners.at(-1) ?? answers[0],
        );
        if (!t.implements('get_disks')) return;
        const holders = await Promise.all(both.map((vm) => t.succeeds('get_disks', [vm])));
        const count = holders.filter((disks) => (disks as string[]).includes(disk)).length;
        t.expect(count === 1, 'one VM to have the disk', `${count} have it`);
      },
    },
    {
      id: 'P4.8',
      title: 'create_vm with one agent id by several calls at once makes one VM in the end',
      severity: 'SHOULD',
      mustWith: 'journal',
      why: 'A caller that takes a call for lost repeats it while the first still runs.',
      remedy: 'Lock by agent id.',
      needs: { extensions: ['list'] },
      async check(t) {
        const before = await t.listed();
        const args = await t.make.vmArguments();
        await times(3, () => t.call('create_vm', args));
        const left = await t.newSince(before, 'vm');
        t.expect(left.length === 1, 'one VM', `${left.length}: ${left.join(', ')}`);
      },
    },
    {
      id: 'P4.9',
      title: 'An address that several VMs ask for at once is given to one of them',
      severity: 'SHOULD',
      why: 'Two VMs of one address answer by turns.',
      remedy: 'Claim the address under a lock, or let the cloud do it.',
      async check(t) {
        const networks = t.make.manualNetwork();
        await t.make.stemcell();
        const made = await times(3, async () => t.call('create_vm', await t.make.vmArguments({ networks })));
        const winners = made.filter(({ answer }) => answer?.error === null);
        t.expect(winners.length === 1, 'one create_vm to succeed', `${winners.length} did`, winners.at(-1) ?? made[0]);
      },
    },
    {
      id: 'P4.10',
      title: 'Many calls at once about different things do not disturb each other',
      async check(t) {
        const { vm, disk } = await t.make.attached();
        const unknown = t.unknown('disk');
        const work = Array.from({ length: t.config.parallel_calls }, (_, n) => {
          const calls = [
            async () => t.same((await t.call('has_vm', [vm])).answer?.result, true, 'has_vm'),
            async () =>
              t.same((await t.call('has_disk', [unknown])).answer?.result, false, 'has_disk of an unknown disk'),
            async () => void (await t.refuses('attach_disk', [vm, unknown])),
            async () => t.same((await t.call('has_disk', [disk])).answer?.result, true, 'has_disk'),
            async () => void (await t.succeeds('info', [])),
          ];
          return (calls[n % calls.length] as () => Promise<void>)();
        });
        await Promise.all(work);
      },
    },
    {
      id: 'P4.11',
      title: 'A disk that is being snapshot, tagged and looked for at once comes out as it was',
      needs: { methods: ['snapshot_disk'] },
      async check(t) {
        const { vm, disk } = await t.make.attached();
        const snapshots = await times(3, () => t.call('snapshot_disk', [disk, {}]));
        const others = [t.call('has_disk', [disk])];
        if (t.implements('set_disk_metadata')) others.push(t.call('set_disk_metadata', [disk, { a: 'b' }]));
        expectAll(t, [...snapshots, ...(await Promise.all(others))], 'each call');
        t.expect(new Set(snapshots.map(cidOf)).size === 3, 'three snapshots', snapshots.map(cidOf).join(', '));
        await t.succeeds('detach_disk', [vm, disk]);
      },
    },
    {
      id: 'P4.12',
      title: 'Whole lives side by side do not meet',
      async check(t) {
        await t.make.stemcell();
        await times(Math.min(4, t.config.parallel_vms), async () => {
          const { cid } = await t.make.vm();
          const disk = await t.make.disk(undefined, cid);
          await t.make.attach(cid, disk);
          if (t.implements('get_disks')) {
            const { answer } = await t.call('get_disks', [cid]);
            t.same(answer?.result, [disk], 'get_disks');
          }
          await t.make.detach(cid, disk);
          await t.call('delete_vm', [cid]);
          const { answer } = await t.call('has_disk', [disk]);
          t.same(answer?.result, true, 'has_disk after delete_vm');
          await t.call('delete_disk', [disk]);
        });
      },
    },
  ],
);

function addressesOf(networks: object): unknown {
  return Object.entries(networks as Record<string, { readonly ip?: string }>).map(([name, { ip }]) => [name, ip]);
}
