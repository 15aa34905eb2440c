import { allVersions, ruleSet } from '../rule.ts';
import { attach, diskManager, disksOf } from './disk-steps.ts';

/** M13, M14, M18: disks are made and found. */
export const diskRules = ruleSet({ level: 'live', versions: allVersions, severity: 'MUST', source: diskManager }, [
  {
    id: 'M18.1',
    title: 'create_disk answers the cid, a text',
    why: 'The Director keeps it and finds the disk by it for years.',
    remedy: 'Answer the id of the disk and nothing else.',
    async check(t) {
      const { size, cloud_properties } = t.config.disk;
      const cid = await t.succeeds('create_disk', [size, cloud_properties, null]);
      t.expect(typeof cid === 'string' && /^\S{1,255}$/.test(cid), 'a text without white space', JSON.stringify(cid));
    },
  },
  {
    id: 'M18.2',
    title: 'create_disk takes the VM that the disk is for',
    why: 'Directors name it, so that the disk is made where the VM is.',
    remedy: 'Use the VM for placement only.',
    async check(t) {
      const { cid: vm } = await t.make.vm();
      const { size, cloud_properties } = t.config.disk;
      const disk = String(await t.succeeds('create_disk', [size, cloud_properties, vm]));
      await t.expectThere('disk', disk, 'after create_disk');
      if (t.implements('get_disks')) t.same(await disksOf(t, vm), [], 'get_disks before attach_disk');
    },
  },
  {
    id: 'M18.3',
    title: 'create_disk works without the third argument, and with null for it',
    source: 'bosh-cli cloud/cloud.go',
    why: 'Callers without a VM send null or two arguments.',
    remedy: 'Treat vm_cid as optional.',
    async check(t) {
      const { size, cloud_properties } = t.config.disk;
      await t.succeeds('create_disk', [size, cloud_properties]);
    },
  },
  {
    id: 'M18.4',
    title: 'Each disk has a cid of its own',
    why: 'Two disks of one cid mean that one of them is lost with its data.',
    remedy: 'Make ids that are unique also for calls at the same time.',
    async check(t) {
      const cids = [await t.make.disk(), await t.make.disk(), await t.make.disk()];
      t.expect(new Set(cids).size === 3, 'three cids', cids.join(', '));
    },
  },
  {
    id: 'M14.8',
    title: 'has_disk answers true for a disk that is there',
    source: 'bosh bosh-director lib/bosh/director/problem_scanner/disk_problem_scanner.rb',
    why: 'Cloud check takes anything else for a lost disk and offers to forget it.',
    remedy: 'Answer the boolean true, attached or not.',
    async check(t) {
      const { disk } = await t.make.attached();
      for (const cid of [disk, await t.make.disk()]) {
        const there = await t.succeeds('has_disk', [cid]);
        t.expect(there === true, 'true', JSON.stringify(there));
      }
    },
  },
  {
    id: 'M14.9',
    title: 'has_disk answers false for a disk that never was',
    source: 'bosh bosh-director lib/bosh/director/problem_scanner/disk_problem_scanner.rb',
    why: 'An error leaves cloud check without an answer.',
    remedy: 'Turn "not found" of the cloud into false.',
    async check(t) {
      for (const cid of [t.unknown('disk'), 'x', '0']) {
        const there = await t.succeeds('has_disk', [cid]);
        t.expect(there === false, 'false', JSON.stringify(there));
      }
    },
  },
  {
    id: 'M14.10',
    title: 'has_disk answers false once delete_disk has answered',
    why: 'The Director forgets the disk then; what is still there is paid for and never found.',
    remedy: 'Wait until the disk is gone.',
    async check(t) {
      const disk = await t.make.disk();
      await t.succeeds('delete_disk', [disk]);
      await t.expectGone('disk', disk, 'after delete_disk');
    },
  },
  {
    id: 'M14.11',
    title: 'has_disk answers false for ids of VMs and for parts of ids',
    source: 'boti: mixed-up ids',
    why: 'Ids of different kinds are different things.',
    remedy: 'Compare whole ids, among disks only.',
    async check(t) {
      const disk = await t.make.disk();
      const { cid: vm } = await t.make.vm();
      for (const cid of [vm, disk.slice(0, -1), `${disk}0`]) await t.expectGone('disk', cid, '(it is no disk)');
    },
  },
  {
    id: 'M14.12',
    title: 'Deleting one disk leaves the others',
    source: 'boti: mixed-up ids',
    why: 'Data is lost.',
    remedy: 'Delete by the exact id.',
    async check(t) {
      const [a, b, c] = [await t.make.disk(), await t.make.disk(), await t.make.disk()];
      await t.succeeds('delete_disk', [b]);
      for (const disk of [a, c]) await t.expectThere('disk', disk, 'after delete_disk of another one');
    },
  },
  {
    id: 'M13.1',
    title: 'get_disks answers the cids of all disks that are attached, and of no others',
    source: 'bosh bosh-director lib/bosh/director/problem_scanner/disk_problem_scanner.rb',
    needs: { methods: ['get_disks'] },
    why: 'Cloud check compares it with what the Director knows.',
    remedy: 'Answer a list of cids of persistent disks; leave system and ephemeral disks out.',
    async check(t) {
      const { cid: vm } = await t.make.vm();
      t.same(await t.succeeds('get_disks', [vm]), [], 'get_disks of a new VM');
      const disks = [await t.make.disk(), await t.make.disk()];
      await t.make.disk();
      for (const disk of disks) await attach(t, vm, disk);
      t.same(await disksOf(t, vm), disks.toSorted(), 'get_disks with two disks');
      await t.make.detach(vm, String(disks[0]));
      t.same(await disksOf(t, vm), [disks[1]], 'get_disks after detach_disk');
    },
  },
  {
    id: 'M13.2',
    title: 'get_disks of a VM that is not there fails with VMNotFound',
    severity: 'SHOULD',
    source: 'bosh bosh-director lib/bosh/director/problem_scanner/disk_problem_scanner.rb',
    needs: { methods: ['get_disks'] },
    why: 'An empty list would say that the VM is there without disks.',
    remedy: 'Answer Bosh::Clouds::VMNotFound.',
    check: async (t) => void (await t.refuses('get_disks', [t.unknown('vm')], { types: ['VMNotFound'] })),
  },
]);
