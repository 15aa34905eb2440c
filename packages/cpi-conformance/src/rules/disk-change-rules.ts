import { allVersions, ruleSet } from '../rule.ts';
import { attach, diskManager, disksOf } from './disk-steps.ts';

/** M8, M12, M15: disks get metadata, another size, other properties. */
export const diskChangeRules = ruleSet(
  { level: 'live', versions: allVersions, severity: 'MUST', source: diskManager },
  [
    {
      id: 'M15.4',
      title: 'set_disk_metadata takes what Directors send, and changes nothing else',
      source: 'bosh bosh-director lib/bosh/director/metadata_updater.rb',
      needs: { methods: ['set_disk_metadata'] },
      why: 'It is called for every attached disk. A failure ends the deploy.',
      remedy: 'Set tags; leave out what your cloud cannot hold.',
      async check(t) {
        const { vm, disk } = await t.make.attached();
        const metadata = {
          director: 'conformance',
          deployment: 'conformance',
          instance_id: '7f2ba4a3-0f1b-4c43-9d4d-2f2b3b1f7e0e',
          instance_index: '0',
          instance_group: 'web',
          attached_at: '2026-01-02T03:04:05Z',
          team: 'Übung №7',
        };
        await t.succeeds('set_disk_metadata', [disk, metadata]);
        await t.succeeds('set_disk_metadata', [disk, metadata]);
        await t.expectThere('disk', disk, 'after set_disk_metadata');
        if (t.implements('get_disks')) t.same(await disksOf(t, vm), [disk], 'get_disks');
      },
    },
    {
      id: 'M15.5',
      title: 'set_disk_metadata of a disk that is not there fails with DiskNotFound',
      severity: 'SHOULD',
      source: 'bosh bosh-director lib/bosh/director/metadata_updater.rb',
      needs: { methods: ['set_disk_metadata'] },
      why: 'Success would say that the disk is there.',
      remedy: 'Answer Bosh::Clouds::DiskNotFound.',
      check: async (t) =>
        void (await t.refuses('set_disk_metadata', [t.unknown('disk'), {}], { types: ['DiskNotFound'] })),
    },
    {
      id: 'M8.1',
      title: 'resize_disk to a larger size keeps the disk, its cid and its use',
      needs: { methods: ['resize_disk'] },
      why: 'The Director attaches the same cid again after it.',
      remedy: 'Extend in place.',
      async check(t) {
        const { vm, disk, hint } = await t.make.attached();
        await t.make.detach(vm, disk);
        await t.succeeds('resize_disk', [disk, t.config.disk.larger_size]);
        await t.expectThere('disk', disk, 'after resize_disk');
        const again = await attach(t, vm, disk);
        t.expect((again === null) === (hint === null), 'a hint as before', JSON.stringify(again));
      },
    },
    {
      id: 'M8.2',
      title: 'resize_disk to a smaller size fails with NotSupported',
      needs: { methods: ['resize_disk'] },
      why: 'On NotSupported the Director makes a new disk and copies. Any other error ends the deploy; success loses data.',
      remedy: 'Compare with the present size and answer Bosh::Clouds::NotSupported.',
      async check(t) {
        const disk = await t.make.disk(t.config.disk.larger_size);
        await t.refuses('resize_disk', [disk, t.config.disk.size], { types: ['NotSupported'] });
        await t.expectThere('disk', disk, 'after resize_disk was refused');
      },
    },
    {
      id: 'M8.3',
      title: 'resize_disk to the same size does nothing and succeeds',
      severity: 'SHOULD',
      needs: { methods: ['resize_disk'] },
      why: 'Directors repeat the call when its answer was lost.',
      remedy: 'Compare with the present size first.',
      async check(t) {
        const disk = await t.make.disk();
        await t.succeeds('resize_disk', [disk, t.config.disk.size]);
        await t.succeeds('resize_disk', [disk, t.config.disk.larger_size]);
        await t.succeeds('resize_disk', [disk, t.config.disk.larger_size]);
      },
    },
    {
      id: 'M8.4',
      title: 'resize_disk really changes the size: going back is refused',
      needs: { methods: ['resize_disk'] },
      why: 'Success without a larger disk is found when the old one is full.',
      remedy: 'Wait for the cloud to have done it, and keep the new size.',
      async check(t) {
        const disk = await t.make.disk();
        await t.succeeds('resize_disk', [disk, t.config.disk.larger_size]);
        await t.refuses('resize_disk', [disk, t.config.disk.size], { types: ['NotSupported'] });
      },
    },
    {
      id: 'M8.5',
      title: 'resize_disk of a disk that is not there fails with DiskNotFound',
      severity: 'SHOULD',
      needs: { methods: ['resize_disk'] },
      why: 'Success would say that the disk is larger.',
      remedy: 'Answer Bosh::Clouds::DiskNotFound.',
      async check(t) {
        await t.refuses('resize_disk', [t.unknown('disk'), t.config.disk.size], { types: ['DiskNotFound'] });
      },
    },
    {
      id: 'M12.1',
      title: 'update_disk answers null, the same cid, or the cid of a disk that is there',
      needs: { methods: ['update_disk'] },
      why: 'The Director keeps a cid that is answered, and attaches it.',
      remedy:
        'Answer null or the old cid when the disk was changed in place, else the new cid, once the data is in it.',
      async check(t) {
        const disk = await t.make.disk();
        const { larger_size: size, cloud_properties } = t.config.disk;
        const result = await t.succeeds('update_disk', [disk, size, cloud_properties]);
        t.expect(
          result === null || (typeof result === 'string' && result !== ''),
          'null or a cid',
          JSON.stringify(result),
        );
        const cid = result === null ? disk : String(result);
        await t.expectThere('disk', cid, 'after update_disk');
        const { cid: vm } = await t.make.vm();
        await attach(t, vm, cid);
      },
    },
    {
      id: 'M12.5',
      title: 'Where update_disk answers another cid, the old disk is gone',
      needs: { methods: ['update_disk'] },
      why: 'The Director forgets the old cid: a disk that stays is never found again.',
      remedy: 'Delete the old disk once the data is in the new one.',
      async check(t) {
        const disk = await t.make.disk();
        const { larger_size: size, cloud_properties } = t.config.disk;
        const result = await t.succeeds('update_disk', [disk, size, cloud_properties]);
        if (result === null || result === disk) return t.notApplicable('update_disk changes disks in place');
        await t.expectGone('disk', disk, 'after update_disk has answered another cid');
      },
    },
    {
      id: 'M12.2',
      title: 'update_disk to a smaller size fails with NotSupported, or moves to a new disk',
      needs: { methods: ['update_disk'] },
      why: 'On NotSupported the Director copies. Success must not cut off data.',
      remedy: 'Answer Bosh::Clouds::NotSupported where you cannot shrink.',
      async check(t) {
        const disk = await t.make.disk(t.config.disk.larger_size);
        const { size, cloud_properties } = t.config.disk;
        const { answer } = await t.call('update_disk', [disk, size, cloud_properties]);
        const type = answer?.error?.type;
        const isFine =
          type === 'Bosh::Clouds::NotSupported' ||
          (type === undefined && answer?.result !== null && answer?.result !== disk);
        t.expect(isFine, 'NotSupported or a new cid', type ?? JSON.stringify(answer?.result));
      },
    },
    {
      id: 'M12.3',
      title: 'update_disk of a disk that is not there fails with DiskNotFound',
      severity: 'SHOULD',
      needs: { methods: ['update_disk'] },
      why: 'Success would say that the disk is there.',
      remedy: 'Answer Bosh::Clouds::DiskNotFound.',
      async check(t) {
        const { size, cloud_properties } = t.config.disk;
        await t.refuses('update_disk', [t.unknown('disk'), size, cloud_properties], { types: ['DiskNotFound'] });
      },
    },
    {
      id: 'M12.4',
      title: 'A disk that is attached is neither resized nor updated without a word',
      severity: 'SHOULD',
      needs: { methods: ['resize_disk'] },
      why: 'Directors detach first. A disk changed under a mounted file system may be destroyed.',
      remedy: 'Refuse while the disk is attached, unless your cloud can do it safely.',
      async check(t) {
        const { vm, disk } = await t.make.attached();
        await t.call('resize_disk', [disk, t.config.disk.larger_size]);
        await t.expectThere('disk', disk, 'after resize_disk while attached');
        if (t.implements('get_disks')) t.same(await disksOf(t, vm), [disk], 'get_disks');
      },
    },
  ],
);
