import { allVersions, ruleSet } from '../rule.ts';
import { snapshotMetadata } from '../run/fixtures.ts';

/** M19: snapshots. */
export const snapshotRules = ruleSet(
  {
    level: 'live',
    versions: allVersions,
    severity: 'MUST',
    source: 'bosh bosh-director lib/bosh/director/api/snapshot_manager.rb',
    needs: { methods: ['snapshot_disk'] },
  },
  [
    {
      id: 'M19.1',
      title: 'snapshot_disk answers the cid of a snapshot, also of a disk that is attached',
      why: 'Directors take snapshots of what runs.',
      remedy: 'Answer the id of the snapshot once it is sure to come.',
      async check(t) {
        const { disk } = await t.make.attached();
        for (const one of [disk, await t.make.disk()]) {
          const cid = await t.succeeds('snapshot_disk', [one, snapshotMetadata]);
          t.expect(typeof cid === 'string' && cid !== '', 'a text', JSON.stringify(cid));
        }
      },
    },
    {
      id: 'M19.2',
      title: 'Each snapshot has a cid of its own, and leaves the earlier ones',
      why: 'Deleting one must not delete another.',
      remedy: 'Make ids that are unique.',
      async check(t) {
        const disk = await t.make.disk();
        const [a, b] = [await t.make.snapshot(disk), await t.make.snapshot(disk)];
        t.expect(a !== b, 'two cids', `'${a}' twice`);
        if (!t.has('list')) return;
        const { snapshots } = await t.listed();
        t.expect(snapshots.includes(a) && snapshots.includes(b), 'both snapshots to be listed', snapshots.join(', '));
      },
    },
    {
      id: 'M19.3',
      title: 'snapshot_disk of a disk that is not there fails with DiskNotFound',
      severity: 'SHOULD',
      why: 'Success would promise a copy that is not there.',
      remedy: 'Answer Bosh::Clouds::DiskNotFound.',
      async check(t) {
        await t.refuses('snapshot_disk', [t.unknown('disk'), snapshotMetadata], { types: ['DiskNotFound'] });
      },
    },
    {
      id: 'M19.4',
      title: 'delete_snapshot leaves the disk and its other snapshots',
      needs: { methods: ['snapshot_disk', 'delete_snapshot'] },
      why: 'Data is lost.',
      remedy: 'Delete by the exact id.',
      async check(t) {
        const disk = await t.make.disk();
        const [first, second] = [await t.make.snapshot(disk), await t.make.snapshot(disk)];
        await t.succeeds('delete_snapshot', [first]);
        await t.expectThere('disk', disk, 'after delete_snapshot');
        if (!t.has('list')) return;
        const { snapshots } = await t.listed();
        t.expect(!snapshots.includes(first), 'the deleted snapshot not to be listed', first);
        t.expect(snapshots.includes(second), 'the other snapshot to be listed', JSON.stringify(snapshots));
      },
    },
    {
      id: 'M19.5',
      title: 'delete_disk of a disk with snapshots succeeds, or leaves the disk as it is',
      why: 'Directors delete the snapshots first; a CPI that fails half-way leaves a disk that is neither there nor gone.',
      remedy: 'Look for snapshots before you begin.',
      async check(t) {
        const disk = await t.make.disk();
        await t.make.snapshot(disk);
        const { answer } = await t.call('delete_disk', [disk]);
        if (answer?.error === null) await t.expectGone('disk', disk, 'after delete_disk');
        else await t.expectThere('disk', disk, 'after delete_disk was refused');
      },
    },
  ],
);
