import { allVersions, ruleSet, type Version } from '../rule.ts';
import type { Trial, TrialCall } from '../run/trial.ts';
import { vmMetadata } from './made-vm-rules.ts';

const order = 'docs-bosh, CPI calls; recorded life cycle of Director 277';

async function call(t: Trial, version: Version, method: string, ...args: readonly unknown[]): Promise<unknown> {
  const options: TrialCall = { version };
  return await t.succeeds(method, args, options);
}

/** stemcell → VM → disk → snapshot → all deleted, in one version, in the order in which Directors call. */
async function wholeLife(t: Trial, version: Version): Promise<void> {
  const tagged = version >= 3 ? [{ tags: {} }] : [];
  const [path, properties] = await t.make.stemcellArguments();
  await call(t, version, 'info');
  const stemcell = await call(t, version, 'create_stemcell', path, properties, ...tagged);
  const result = await call(t, version, 'create_vm', ...(await t.make.vmArguments({ stemcell: String(stemcell) })));
  const vm = Array.isArray(result) ? (result as unknown[])[0] : result;
  await optional(t, version, 'set_vm_metadata', vm, vmMetadata);
  t.same(await call(t, version, 'has_vm', vm), true, 'has_vm');
  const { size, cloud_properties } = t.config.disk;
  const disk = await call(t, version, 'create_disk', size, cloud_properties, vm);
  await call(t, version, 'attach_disk', vm, disk);
  await optional(t, version, 'set_disk_metadata', disk, { deployment: 'conformance' });
  const snapshot = await optional(t, version, 'snapshot_disk', disk, { deployment: 'conformance' });
  await call(t, version, 'detach_disk', vm, disk);
  await call(t, version, 'delete_vm', vm);
  if (typeof snapshot === 'string') await call(t, version, 'delete_snapshot', snapshot);
  await call(t, version, 'delete_disk', disk);
  await call(t, version, 'delete_stemcell', stemcell);
  t.same(await call(t, version, 'has_vm', vm), false, 'has_vm at the end');
  t.same(await call(t, version, 'has_disk', disk), false, 'has_disk at the end');
}

async function optional(t: Trial, version: Version, method: string, ...args: readonly unknown[]): Promise<unknown> {
  return t.implements(method) ? await call(t, version, method, ...args) : undefined;
}

/** L: whole lives, in the order in which Directors and create-env call. */
export const lifeCycleRules = ruleSet(
  {
    level: 'live',
    versions: allVersions,
    severity: 'MUST',
    source: order,
    why: 'This is what a deployment does. What breaks here breaks for every user.',
    remedy: 'Look at the first call that failed, and at what was left by those before it.',
  },
  [
    {
      id: 'L1.1',
      title: 'A whole life works in version 1: stemcell, VM, disk, snapshot, and all deleted',
      versions: [1],
      check: (t) => wholeLife(t, 1),
    },
    {
      id: 'L1.2',
      title: 'A whole life works in version 2',
      versions: [2],
      check: (t) => wholeLife(t, 2),
    },
    {
      id: 'L1.3',
      title: 'A whole life works in version 3',
      versions: [3],
      check: (t) => wholeLife(t, 3),
    },
    {
      id: 'L2.1',
      title: 'A recreated VM gets the disk of the old one, and may have its address',
      source: 'bosh bosh-director lib/bosh/director/deployment_plan/steps; recorded recreate',
      async check(t) {
        const networks = t.make.manualNetwork();
        const first = await t.make.vm({ networks });
        const disk = await t.make.disk(undefined, first.cid);
        await t.succeeds('attach_disk', [first.cid, disk]);
        await t.succeeds('detach_disk', [first.cid, disk]);
        await t.succeeds('delete_vm', [first.cid]);
        const second = await t.make.vm({ networks, diskCids: [disk] });
        await t.succeeds('attach_disk', [second.cid, disk]);
        await t.expectThere('disk', disk, 'after the VM was recreated');
        if (t.implements('get_disks')) t.same(await t.succeeds('get_disks', [second.cid]), [disk], 'get_disks');
      },
    },
    {
      id: 'L2.2',
      title: 'A disk is migrated: both are attached, the old one is detached and deleted',
      source: 'bosh bosh-director lib/bosh/director/disk_manager.rb; recorded disk change',
      async check(t) {
        const { vm, disk: old } = await t.make.attached();
        const { larger_size: size, cloud_properties } = t.config.disk;
        const next = String(await t.succeeds('create_disk', [size, cloud_properties, vm]));
        await t.succeeds('attach_disk', [vm, next]);
        await t.succeeds('detach_disk', [vm, old]);
        await t.succeeds('delete_disk', [old]);
        await t.expectGone('disk', old, 'after delete_disk');
        await t.expectThere('disk', next, 'after the old disk was deleted');
        if (t.implements('get_disks')) t.same(await t.succeeds('get_disks', [vm]), [next], 'get_disks');
      },
    },
    {
      id: 'L2.3',
      title: 'A new VM is made beside the old one before that is deleted',
      source: 'bosh bosh-director lib/bosh/director/deployment_plan/steps: create-swap-delete',
      async check(t) {
        const { vm: old, disk } = await t.make.attached();
        const next = await t.make.vm({ diskCids: [disk] });
        await t.succeeds('detach_disk', [old, disk]);
        await t.succeeds('attach_disk', [next.cid, disk]);
        await t.succeeds('delete_vm', [old]);
        await t.expectThere('vm', next.cid, 'after the old VM was deleted');
        if (t.implements('get_disks')) t.same(await t.succeeds('get_disks', [next.cid]), [disk], 'get_disks');
      },
    },
    {
      id: 'L2.4',
      title: 'A disk may be attached and detached many times',
      source: order,
      async check(t) {
        const { cid: vm } = await t.make.vm();
        const disk = await t.make.disk();
        for (let n = 0; n < 4; n += 1) {
          await t.succeeds('attach_disk', [vm, disk]);
          await t.succeeds('detach_disk', [vm, disk]);
        }
        await t.expectThere('disk', disk, 'after it was attached and detached four times');
      },
    },
    {
      id: 'L2.5',
      title: 'What one version made, calls of another version manage',
      source: 'bosh bosh-director lib/bosh/director/cloud_factory.rb',
      why: 'An upgraded Director or CPI goes on with what the older one made.',
      remedy: 'Keep the version out of what you store.',
      async check(t) {
        const [oldest, newest] = [t.facts.versions[0] ?? 1, t.facts.versions.at(-1) ?? 1];
        if (oldest === newest) t.notApplicable('the CPI speaks one version only');
        const made = await call(t, oldest, 'create_vm', ...(await t.make.vmArguments()));
        const vm = Array.isArray(made) ? (made as unknown[])[0] : made;
        const disk = await call(t, newest, 'create_disk', t.config.disk.size, t.config.disk.cloud_properties, vm);
        await call(t, newest, 'attach_disk', vm, disk);
        await call(t, oldest, 'detach_disk', vm, disk);
        await call(t, newest, 'delete_vm', vm);
        await t.expectGone('vm', String(vm), 'after delete_vm');
      },
    },
    {
      id: 'P6.4',
      title:
        'Properties in the context win over those of the configuration file: another account sees nothing of this one',
      source: 'bosh bosh-director lib/bosh/director/cpi_config',
      needs: { config: ['other_cloud'] },
      why: 'With several CPIs in a cpi config, one executable serves them all. Mixed up, VMs come up in the wrong place.',
      remedy: 'Merge the context over the file for each call, and keep no connection of one for another.',
      async check(t) {
        const { cid } = await t.make.vm();
        const context = t.config.other_cloud?.context ?? {};
        const there = await t.succeeds('has_vm', [cid], { context });
        t.expect(there === false, 'the VM not to be seen with the properties of other_cloud', JSON.stringify(there));
        await t.expectThere('vm', cid, 'with the usual properties');
      },
    },
    {
      id: 'L9.1',
      title: 'Everything that was made can be deleted',
      when: 'last',
      source: 'boti: nothing is left behind',
      why: 'What cannot be deleted is paid for, and stops delete-deployment.',
      remedy: 'See the call that failed.',
      async check(t) {
        const [first, ...others] = t.run.leftovers;
        if (first === undefined) return;
        const more = others.length === 0 ? '' : ` and ${others.length} more`;
        t.expect(
          false,
          `${first.thing} to be deleted`,
          `${first.exchange.answer?.error?.message ?? 'no answer'}${more}`,
          first.exchange,
        );
      },
    },
    {
      id: 'L9.2',
      title: 'Nothing is there any more of what was made and deleted',
      when: 'last',
      source: 'boti: nothing is left behind',
      why: 'Success of a delete call that has deleted nothing is found on the bill.',
      remedy: 'Wait in delete calls until the thing is gone.',
      async check(t) {
        if (t.has('list')) {
          const { vms, disks, stemcells, snapshots } = await t.listed();
          const { ledger } = t.run;
          for (const [kind, cids] of Object.entries({
            vm: vms,
            disk: disks,
            stemcell: stemcells,
            snapshot: snapshots,
          })) {
            const left = ledger.ever(kind as 'vm').filter((cid) => cids.includes(cid));
            t.expect(left.length === 0, `no ${kind} of the run to be listed`, left.slice(0, 5).join(', '));
          }
        }
        for (const cid of t.run.ledger.ever('vm').slice(-40)) await t.expectGone('vm', cid, 'after the run');
        for (const cid of t.run.ledger.ever('disk').slice(-40)) await t.expectGone('disk', cid, 'after the run');
      },
    },
    {
      id: 'L9.3',
      title: 'After the run the cloud holds what it held before',
      when: 'last',
      source: 'boti: nothing is left behind',
      needs: { extensions: ['list'] },
      why: 'Something was made that no answer told of.',
      remedy: 'Look for calls that failed after they had made something; undo it in them.',
      async check(t) {
        const before = t.run.before;
        if (before === undefined) return t.notApplicable('list did not work at the beginning of the run');
        for (const kind of ['vm', 'disk', 'stemcell', 'snapshot'] as const) {
          const left = await t.newSince(before, kind);
          t.expect(left.length === 0, `no ${kind} that was not there before the run`, left.slice(0, 5).join(', '));
        }
      },
    },
  ],
);
