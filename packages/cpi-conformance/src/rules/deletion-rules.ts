import { allVersions, ruleSet } from '../rule.ts';
import type { Trial } from '../run/trial.ts';

async function deleteTwice(t: Trial, method: string, cid: string): Promise<void> {
  await t.succeeds(method, [cid]);
  await t.succeedsOrIsGone(method, [cid], gone);
  await t.succeedsOrIsGone(method, [cid], gone);
}

const gone = ['VMNotFound', 'DiskNotFound', 'StemcellNotFound', 'NetworkNotFound'] as const;

/** M4: deleting what is gone. */
export const deletionRules = ruleSet(
  {
    level: 'live',
    versions: allVersions,
    severity: 'MUST',
    source: 'bosh bosh-director lib/bosh/director/vm_deleter.rb, orphan_disk_manager.rb',
    why: 'Directors repeat a deletion whose answer was lost. If it fails for ever, so do delete-deployment and clean-up.',
    remedy: 'Take "not found" of the cloud for success, or answer the type that says so (VMNotFound, DiskNotFound).',
  },
  [
    {
      id: 'M4.1',
      title: 'delete_vm of a VM that is gone succeeds, or fails with VMNotFound',
      check: async (t) => deleteTwice(t, 'delete_vm', (await t.make.vm()).cid),
    },
    {
      id: 'M4.2',
      title: 'delete_disk of a disk that is gone succeeds, or fails with DiskNotFound',
      check: async (t) => deleteTwice(t, 'delete_disk', await t.make.disk()),
    },
    {
      id: 'M4.3',
      title: 'delete_stemcell of a stemcell that is gone succeeds, or fails with StemcellNotFound',
      check: async (t) => deleteTwice(t, 'delete_stemcell', await t.make.ownStemcell()),
    },
    {
      id: 'M4.4',
      title: 'delete_snapshot of a snapshot that is gone succeeds, or fails with DiskNotFound',
      needs: { methods: ['snapshot_disk', 'delete_snapshot'] },
      check: async (t) => deleteTwice(t, 'delete_snapshot', await t.make.snapshot(await t.make.disk())),
    },
    {
      id: 'M4.5',
      title: 'delete_network of a network that is gone succeeds, or fails with NetworkNotFound',
      versions: [2, 3],
      needs: { methods: ['create_network', 'delete_network'], config: ['managed'] },
      async check(t) {
        const result = await t.succeeds('create_network', [t.config.managed_network]);
        await deleteTwice(t, 'delete_network', String((result as unknown[])[0]));
      },
    },
    {
      id: 'M4.6',
      title: 'Deleting what never was succeeds, or fails with the type that says so',
      async check(t) {
        await t.succeedsOrIsGone('delete_vm', [t.unknown('vm')], gone);
        await t.succeedsOrIsGone('delete_disk', [t.unknown('disk')], gone);
        await t.succeedsOrIsGone('delete_stemcell', [t.unknown('stemcell')], gone);
        if (t.implements('delete_snapshot')) await t.succeedsOrIsGone('delete_snapshot', [t.unknown('snapshot')], gone);
      },
    },
    {
      id: 'M4.7',
      title: 'What is deleted is deleted for good: it does not come back',
      source: 'boti: nothing is left behind',
      why: 'An address or a disk that is given to the next one meets the old one.',
      remedy: 'Wait until the cloud has done it.',
      async check(t) {
        const { vm, disk } = await t.make.attached();
        await t.succeeds('detach_disk', [vm, disk]);
        await t.succeeds('delete_vm', [vm]);
        await t.succeeds('delete_disk', [disk]);
        await t.make.vm();
        await t.make.disk();
        await t.expectGone('vm', vm, 'after delete_vm, also when others are made');
        await t.expectGone('disk', disk, 'after delete_disk, also when others are made');
      },
    },
  ],
);
