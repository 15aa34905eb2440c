import { allVersions, ruleSet, type Version } from '../rule.ts';
import type { Trial } from '../run/trial.ts';

const attachStep = 'bosh bosh-director lib/bosh/director/deployment_plan/steps/attach_disk_step.rb';
const detachStep = 'bosh bosh-director lib/bosh/director/deployment_plan/steps/detach_disk_step.rb';
const diskManager = 'bosh bosh-director lib/bosh/director/disk_manager.rb';
const agentSettings = 'bosh-agent settings/settings.go';

async function disksOf(t: Trial, vm: string): Promise<unknown> {
  const disks = await t.succeeds('get_disks', [vm]);
  return Array.isArray(disks) ? disks.toSorted() : disks;
}

async function attach(t: Trial, vm: string, disk: string, version?: Version): Promise<unknown> {
  return await t.succeeds('attach_disk', [vm, disk], version === undefined ? {} : { version });
}

/** V4, M5 to M8, M12, M13, M18, M22: disks. */
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
    id: 'V4.1',
    title: 'attach_disk answers null in version 1',
    versions: [1],
    severity: 'SHOULD',
    source: attachStep,
    why: 'In version 1 the hint goes to the registry; callers ignore the result.',
    remedy: 'Answer null in version 1.',
    async check(t) {
      const { cid: vm } = await t.make.vm();
      const hint = await attach(t, vm, await t.make.disk(), 1);
      t.expect(hint === null, 'null', JSON.stringify(hint));
    },
  },
  {
    id: 'V4.2',
    title: 'attach_disk answers a disk hint in version 2',
    versions: [2],
    source: attachStep,
    why: 'Without a hint the Director fails the deploy: the agent cannot find the disk.',
    remedy: 'Answer a device path such as "/dev/sdc", or a map such as {"path": …}, {"id": …}, {"lun": …}.',
    check: (t) => expectHint(t, 2),
  },
  {
    id: 'V4.3',
    title: 'attach_disk answers a disk hint in version 3',
    versions: [3],
    source: attachStep,
    why: 'Without a hint the Director fails the deploy: the agent cannot find the disk.',
    remedy: 'Answer a device path such as "/dev/sdc", or a map such as {"path": …}, {"id": …}, {"lun": …}.',
    check: (t) => expectHint(t, 3),
  },
  {
    id: 'V4.4',
    title: 'A disk hint is of a form that agents know',
    versions: [2, 3],
    source: agentSettings,
    why: 'Agents read path, volume_id, id, lun with host_device_id, and iscsi_settings, all of them texts: 3 in place of "3" is an error.',
    remedy: 'Use one of these keys, with texts as values.',
    async check(t) {
      const { hint } = await t.make.attached();
      if (typeof hint === 'string') return;
      const known = ['path', 'volume_id', 'id', 'lun', 'host_device_id', 'iscsi_settings', 'device_id'];
      for (const [key, value] of Object.entries((hint ?? {}) as object)) {
        t.expect(known.includes(key), `one of the keys ${known.join(', ')}`, `'${key}'`);
        const isFit = key === 'iscsi_settings' ? typeof value === 'object' : typeof value === 'string' && value !== '';
        t.expect(isFit, `a text for '${key}'`, JSON.stringify(value));
      }
    },
  },
  {
    id: 'M6.1',
    title: 'attach_disk of what is attached there answers the same hint again',
    versions: [2, 3],
    source: attachStep,
    why: 'Directors repeat the call when its answer was lost.',
    remedy: 'Look where the disk is first; if it is there, answer its hint.',
    async check(t) {
      const { vm, disk, hint } = await t.make.attached();
      t.same(await attach(t, vm, disk), hint, 'the second hint');
      t.same(await attach(t, vm, disk), hint, 'the third hint');
      if (t.implements('get_disks')) t.same(await disksOf(t, vm), [disk], 'get_disks');
    },
  },
  {
    id: 'M6.2',
    title: 'Two disks of one VM have different hints',
    versions: [2, 3],
    source: agentSettings,
    why: 'With equal hints the agent mounts the same device twice: data is destroyed.',
    remedy: 'Name the device that the disk really is.',
    async check(t) {
      const { vm, hint } = await t.make.attached();
      const other = await attach(t, vm, await t.make.disk());
      t.expect(JSON.stringify(hint) !== JSON.stringify(other), 'two hints', JSON.stringify(hint));
    },
  },
  {
    id: 'M6.3',
    title: 'A hint stays the same while other disks come and go',
    versions: [2, 3],
    severity: 'SHOULD',
    source: agentSettings,
    why: 'The agent keeps the hint and mounts by it after each reboot.',
    remedy: 'Use a name that belongs to the disk, not to the order of attaching.',
    async check(t) {
      const { vm, disk: first } = await t.make.attached();
      const second = await t.make.disk();
      const hint = await attach(t, vm, second);
      await t.make.detach(vm, first);
      t.same(await attach(t, vm, second), hint, 'the hint after another disk is gone');
    },
  },
  {
    id: 'M22.1',
    title: 'attach_disk to a VM that is not there fails with VMNotFound',
    severity: 'SHOULD',
    source: 'bosh-cpi-certification; life cycle specs of the CPIs',
    why: 'The type tells what is gone, and with that what to do.',
    remedy: 'Answer Bosh::Clouds::VMNotFound.',
    async check(t) {
      const disk = await t.make.disk();
      await t.refuses('attach_disk', [t.unknown('vm'), disk], { types: ['VMNotFound'] });
    },
  },
  {
    id: 'M22.2',
    title: 'attach_disk of a disk that is not there fails with DiskNotFound',
    severity: 'SHOULD',
    source: 'bosh-cpi-certification; life cycle specs of the CPIs',
    why: 'The type tells what is gone, and with that what to do.',
    remedy: 'Answer Bosh::Clouds::DiskNotFound.',
    async check(t) {
      const { cid: vm } = await t.make.vm();
      await t.refuses('attach_disk', [vm, t.unknown('disk')], { types: ['DiskNotFound'] });
    },
  },
  {
    id: 'M22.3',
    title: 'A disk that is attached to one VM is not attached to another',
    source: diskManager,
    why: 'Two VMs that mount one file system destroy it.',
    remedy: 'Refuse while the disk is attached elsewhere.',
    async check(t) {
      const { vm, disk } = await t.make.attached();
      const { cid: other } = await t.make.vm();
      await t.refuses('attach_disk', [other, disk]);
      if (!t.implements('get_disks')) return;
      t.same(await disksOf(t, vm), [disk], 'get_disks of the first VM');
      t.same(await disksOf(t, other), [], 'get_disks of the other VM');
    },
  },
  {
    id: 'M22.4',
    title: 'Each disk is attached to the VM that was named',
    source: 'boti: mixed-up ids',
    needs: { methods: ['get_disks'] },
    why: "An instance gets another's data.",
    remedy: 'Keep to the order of arguments: vm_cid, disk_cid.',
    async check(t) {
      const [a, b] = [await t.make.vm(), await t.make.vm()];
      const [x, y] = [await t.make.disk(), await t.make.disk()];
      await attach(t, b.cid, x);
      await attach(t, a.cid, y);
      t.same(await disksOf(t, a.cid), [y], 'get_disks of the first VM');
      t.same(await disksOf(t, b.cid), [x], 'get_disks of the second VM');
    },
  },
  {
    id: 'M7.1',
    title: 'detach_disk of a disk that is not attached fails with DiskNotAttached',
    source: detachStep,
    why: 'Directors tolerate this type and no other when they tidy up.',
    remedy: 'Answer Bosh::Clouds::DiskNotAttached.',
    async check(t) {
      const { cid: vm } = await t.make.vm();
      await t.refuses('detach_disk', [vm, await t.make.disk()], { types: ['DiskNotAttached'] });
    },
  },
  {
    id: 'M7.2',
    title: 'The second detach_disk of the same disk fails with DiskNotAttached',
    source: detachStep,
    why: 'Directors repeat the call when its answer was lost, and tolerate this type.',
    remedy: 'Answer Bosh::Clouds::DiskNotAttached.',
    async check(t) {
      const { vm, disk } = await t.make.attached();
      await t.succeeds('detach_disk', [vm, disk]);
      await t.refuses('detach_disk', [vm, disk], { types: ['DiskNotAttached'] });
    },
  },
  {
    id: 'M7.3',
    title: 'detach_disk from a VM that does not have the disk leaves it where it is',
    source: detachStep,
    why: "Else a mistake about one VM takes away another's data while it runs.",
    remedy: 'Compare the VM that has the disk with the one that was named.',
    async check(t) {
      const { vm, disk } = await t.make.attached();
      const { cid: other } = await t.make.vm();
      await t.refuses('detach_disk', [other, disk], { types: ['DiskNotAttached'] });
      if (t.implements('get_disks')) t.same(await disksOf(t, vm), [disk], 'get_disks of the VM that has it');
      await t.succeeds('detach_disk', [vm, disk]);
    },
  },
  {
    id: 'M7.4',
    title: 'detach_disk of a disk or from a VM that is not there fails',
    source: detachStep,
    why: 'Success would say that the disk is free.',
    remedy: 'Answer VMNotFound, DiskNotFound or DiskNotAttached.',
    async check(t) {
      const { vm, disk } = await t.make.attached();
      await t.refuses('detach_disk', [vm, t.unknown('disk')], { types: ['DiskNotFound', 'DiskNotAttached'] });
      await t.refuses('detach_disk', [t.unknown('vm'), disk], { types: ['VMNotFound', 'DiskNotAttached'] });
    },
  },
  {
    id: 'M7.5',
    title: 'detach_disk takes away the disk that was named, and no other',
    source: 'boti: mixed-up ids',
    needs: { methods: ['get_disks'] },
    why: 'An instance loses data that it is using.',
    remedy: 'Detach by id, not by position.',
    async check(t) {
      const { vm, disk: first } = await t.make.attached();
      const second = await t.make.disk();
      await attach(t, vm, second);
      await t.succeeds('detach_disk', [vm, second]);
      t.same(await disksOf(t, vm), [first], 'get_disks');
      await t.expectThere('disk', second, 'after detach_disk');
    },
  },
  {
    id: 'M5.1',
    title: 'delete_vm leaves attached disks whole and free',
    source: 'bosh bosh-director lib/bosh/director/deployment_plan/steps/delete_vm_step.rb',
    why: 'Directors delete VMs without detaching first. A disk that goes along is data lost; one that stays busy stops the next VM.',
    remedy: 'Detach what is attached before the VM is deleted, and never delete disks with it.',
    async check(t) {
      const { vm, disk } = await t.make.attached();
      await t.succeeds('delete_vm', [vm]);
      await t.expectThere('disk', disk, 'after delete_vm of its VM');
      const { cid: next } = await t.make.vm();
      await attach(t, next, disk);
      if (t.implements('get_disks')) t.same(await disksOf(t, next), [disk], 'get_disks of the next VM');
    },
  },
  {
    id: 'M5.2',
    title: 'A disk of a deleted VM can be deleted',
    source: diskManager,
    why: 'Else orphaned disks stay for ever.',
    remedy: 'A VM that is gone holds nothing.',
    async check(t) {
      const { vm, disk } = await t.make.attached();
      await t.succeeds('delete_vm', [vm]);
      await t.succeeds('delete_disk', [disk]);
      await t.expectGone('disk', disk, 'after delete_disk');
    },
  },
  {
    id: 'M5.3',
    title: 'delete_disk of an attached disk fails, and leaves it attached',
    severity: 'SHOULD',
    source: diskManager,
    why: 'A mistake must not take data away under a running job.',
    remedy: 'Refuse while the disk is attached.',
    async check(t) {
      const { vm, disk } = await t.make.attached();
      await t.refuses('delete_disk', [disk]);
      await t.expectThere('disk', disk, 'after delete_disk was refused');
      if (t.implements('get_disks')) t.same(await disksOf(t, vm), [disk], 'get_disks');
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
    remedy: 'Answer null or the old cid when the disk was changed in place, else the new cid, once the data is in it.',
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
]);

async function expectHint(t: Trial, version: Version): Promise<void> {
  const { cid: vm } = await t.make.vm();
  const hint = await attach(t, vm, await t.make.disk(), version);
  const isMap = typeof hint === 'object' && hint !== null && !Array.isArray(hint) && Object.keys(hint).length > 0;
  const isText = typeof hint === 'string' && hint !== '';
  t.expect(isText || isMap, 'a text or a map that is not empty', JSON.stringify(hint));
}
