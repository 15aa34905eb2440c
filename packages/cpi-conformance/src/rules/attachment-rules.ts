import { allVersions, ruleSet, type Version } from '../rule.ts';
import type { Trial } from '../run/trial.ts';
import { attach, diskManager, disksOf } from './disk-steps.ts';

const attachStep = 'bosh bosh-director lib/bosh/director/deployment_plan/steps/attach_disk_step.rb';
const detachStep = 'bosh bosh-director lib/bosh/director/deployment_plan/steps/detach_disk_step.rb';
const agentSettings = 'bosh-agent settings/settings.go';

/** V4, M5 to M7, M22: disks are attached and detached. */
export const attachmentRules = ruleSet(
  { level: 'live', versions: allVersions, severity: 'MUST', source: diskManager },
  [
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
          const isFit =
            key === 'iscsi_settings' ? typeof value === 'object' : typeof value === 'string' && value !== '';
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
  ],
);

async function expectHint(t: Trial, version: Version): Promise<void> {
  const { cid: vm } = await t.make.vm();
  const hint = await attach(t, vm, await t.make.disk(), version);
  const isMap = typeof hint === 'object' && hint !== null && !Array.isArray(hint) && Object.keys(hint).length > 0;
  const isText = typeof hint === 'string' && hint !== '';
  t.expect(isText || isMap, 'a text or a map that is not empty', JSON.stringify(hint));
}
