import { allVersions, ruleSet } from '../rule.ts';
import { readListed } from './listings.ts';

const createVmStep = 'bosh bosh-director lib/bosh/director/deployment_plan/steps/create_vm_step.rb';
const cloudCheck = 'bosh bosh-director lib/bosh/director/problem_handlers';

/** As Directors send it. Source: bosh bosh-director lib/bosh/director/metadata_updater.rb. */
export const vmMetadata = {
  director: 'conformance',
  deployment: 'conformance',
  id: '7f2ba4a3-0f1b-4c43-9d4d-2f2b3b1f7e0e',
  job: 'web',
  instance_group: 'web',
  index: '0',
  name: 'web/7f2ba4a3-0f1b-4c43-9d4d-2f2b3b1f7e0e',
  created_at: '2026-01-02T03:04:05Z',
};

/** M14 to M17: VMs are found, named, rebooted and sized. */
export const madeVmRules = ruleSet({ level: 'live', versions: allVersions, severity: 'MUST', source: createVmStep }, [
  {
    id: 'M14.1',
    title: 'has_vm answers true for a VM that is there',
    source: cloudCheck,
    why: 'Cloud check takes anything else for a lost VM and makes a new one beside it.',
    remedy: 'Answer the boolean true, also for VMs that are stopped.',
    async check(t) {
      const { cid } = await t.make.vm();
      const there = await t.succeeds('has_vm', [cid]);
      t.expect(there === true, 'true', JSON.stringify(there));
    },
  },
  {
    id: 'M14.2',
    title: 'has_vm answers false for a VM that never was',
    source: cloudCheck,
    why: 'Cloud check asks exactly when a VM may be gone: an error, or null, leaves the instance broken.',
    remedy: 'Turn "not found" of the cloud into false, also for ids of another form.',
    async check(t) {
      for (const cid of [t.unknown('vm'), 'x', '0']) {
        const there = await t.succeeds('has_vm', [cid]);
        t.expect(there === false, 'false', JSON.stringify(there));
      }
    },
  },
  {
    id: 'M14.3',
    title: 'has_vm answers false once delete_vm has answered',
    source: cloudCheck,
    why: 'The address of the VM is given to the next one at once.',
    remedy: 'Wait in delete_vm until the VM is gone; leave VMs that are being deleted out of has_vm.',
    async check(t) {
      const { cid } = await t.make.vm();
      await t.succeeds('delete_vm', [cid]);
      await t.expectGone('vm', cid, 'after delete_vm');
    },
  },
  {
    id: 'M14.4',
    title: 'has_vm answers false for ids of disks and stemcells',
    source: 'boti: mixed-up ids',
    why: 'Ids of different kinds are different things even where the cloud numbers them alike.',
    remedy: 'Look only among VMs.',
    async check(t) {
      for (const cid of [await t.make.disk(), await t.make.stemcell()]) {
        await t.expectGone('vm', cid, '(it is the id of something else)');
      }
    },
  },
  {
    id: 'M14.5',
    title: 'Deleting one VM leaves the other',
    source: 'boti: mixed-up ids',
    why: 'A prefix match or a list of ids read wrongly takes down what still serves.',
    remedy: 'Delete by the exact id.',
    async check(t) {
      const [a, b, c] = [await t.make.vm(), await t.make.vm(), await t.make.vm()];
      await t.succeeds('delete_vm', [b.cid]);
      await t.expectGone('vm', b.cid, 'after delete_vm');
      await t.expectThere('vm', a.cid, 'after delete_vm of another one');
      await t.expectThere('vm', c.cid, 'after delete_vm of another one');
    },
  },
  {
    id: 'M14.6',
    title: 'A part of a cid names nothing',
    source: 'boti: mixed-up ids',
    why: 'Clouds that search by prefix or substring find the wrong VM when ids are alike.',
    remedy: 'Compare whole ids, with case.',
    async check(t) {
      const { cid } = await t.make.vm();
      for (const part of [cid.slice(0, -1), `${cid}0`, cid.slice(1), `${cid} `]) {
        if (part !== '') await t.expectGone('vm', part, `('${cid}' is another id)`);
      }
    },
  },
  {
    id: 'M15.1',
    title: 'set_vm_metadata takes what Directors send, again and again',
    source: 'bosh bosh-director lib/bosh/director/metadata_updater.rb',
    needs: { methods: ['set_vm_metadata'] },
    why: 'It is called for every VM, and for a compilation VM twice. A failure ends the deploy.',
    remedy: 'Replace or add tags; leave out what your cloud cannot hold.',
    async check(t) {
      const { cid } = await t.make.vm();
      await t.succeeds('set_vm_metadata', [cid, vmMetadata]);
      await t.succeeds('set_vm_metadata', [cid, { ...vmMetadata, compiling: 'ruby' }]);
      await t.expectThere('vm', cid, 'after set_vm_metadata');
    },
  },
  {
    id: 'M15.2',
    title: 'set_vm_metadata takes values of any length, language and type',
    source: 'bosh bosh-director lib/bosh/director/metadata_updater.rb',
    needs: { methods: ['set_vm_metadata'] },
    why: 'Tags of operators come along: what the cloud cannot hold must not end a deploy.',
    remedy: 'Shorten and rewrite values to what your cloud allows.',
    async check(t) {
      const { cid } = await t.make.vm();
      await t.succeeds('set_vm_metadata', [
        cid,
        { ...vmMetadata, team: 'Übung №7 ☃', long: 'x'.repeat(1000), empty: '', number: 7, none: null },
      ]);
      await t.succeeds('set_vm_metadata', [cid, {}]);
    },
  },
  {
    id: 'M15.3',
    title: 'set_vm_metadata of a VM that is not there fails',
    severity: 'SHOULD',
    source: cloudCheck,
    needs: { methods: ['set_vm_metadata'] },
    why: 'Success would say that the VM is there.',
    remedy: 'Answer Bosh::Clouds::VMNotFound.',
    check: async (t) =>
      void (await t.refuses('set_vm_metadata', [t.unknown('vm'), vmMetadata], { types: ['VMNotFound'] })),
  },
  {
    id: 'M16.1',
    title: 'reboot_vm keeps the VM, its cid and its disks',
    source: `${cloudCheck}/unresponsive_agent.rb`,
    needs: { methods: ['reboot_vm'] },
    why: 'Cloud check reboots VMs whose agent is silent, and goes on with the same cid.',
    remedy: 'Restart the VM; do not make another one.',
    async check(t) {
      const { vm, disk } = await t.make.attached();
      await t.succeeds('reboot_vm', [vm]);
      await t.expectThere('vm', vm, 'after reboot_vm');
      await t.expectThere('disk', disk, 'after reboot_vm');
      if (t.implements('get_disks')) t.same(await t.succeeds('get_disks', [vm]), [disk], 'get_disks after reboot_vm');
    },
  },
  {
    id: 'M16.2',
    title: 'reboot_vm of a VM that is not there fails with VMNotFound',
    severity: 'SHOULD',
    source: `${cloudCheck}/unresponsive_agent.rb`,
    needs: { methods: ['reboot_vm'] },
    why: 'Success would say that the VM is up again.',
    remedy: 'Answer Bosh::Clouds::VMNotFound.',
    check: async (t) => void (await t.refuses('reboot_vm', [t.unknown('vm')], { types: ['VMNotFound'] })),
  },
  {
    id: 'M17.1',
    title: 'calculate_vm_cloud_properties answers an object that create_vm takes',
    source: 'bosh bosh-director lib/bosh/director/deployment_plan/vm_resources_cache.rb',
    needs: { methods: ['calculate_vm_cloud_properties'] },
    why: 'Directors use the answer as cloud_properties of create_vm, merged with those of vm_extensions.',
    remedy: 'Answer the keys that create_vm reads.',
    async check(t) {
      const resources = { cpu: 1, ram: 512, ephemeral_disk_size: 1024 };
      const properties = await t.succeeds('calculate_vm_cloud_properties', [resources]);
      const isObject = typeof properties === 'object' && properties !== null && !Array.isArray(properties);
      t.expect(isObject, 'an object', JSON.stringify(properties));
      const args = await t.make.vmArguments({
        cloudProperties: { ...t.config.vm.cloud_properties, ...(properties as object) },
      });
      await t.succeeds('create_vm', args);
    },
  },
  {
    id: 'M17.2',
    title: 'calculate_vm_cloud_properties answers the same for the same resources',
    level: 'offline',
    source: 'bosh bosh-director lib/bosh/director/deployment_plan/vm_resources_cache.rb',
    needs: { methods: ['calculate_vm_cloud_properties'] },
    why: 'Other cloud properties make the Director recreate the VMs of an instance group.',
    remedy: 'Choose by fixed rules: the cheapest that is large enough, the first by name among equals.',
    async check(t) {
      const ask = () => t.succeeds('calculate_vm_cloud_properties', [{ cpu: 2, ram: 2048, ephemeral_disk_size: 4096 }]);
      t.same(await ask(), await ask(), 'the second answer');
    },
  },
  {
    id: 'M17.3',
    title: 'calculate_vm_cloud_properties pays heed to cpu, ram and ephemeral_disk_size',
    level: 'offline',
    severity: 'SHOULD',
    source: 'bosh bosh-director lib/bosh/director/deployment_plan/vm_resources_cache.rb',
    needs: { methods: ['calculate_vm_cloud_properties'] },
    why: 'A VM smaller than asked for fails under load, where nobody looks for the cause in the CPI.',
    remedy: 'Choose a VM that has at least what was asked for, in each of the three.',
    async check(t) {
      const small = { cpu: 1, ram: 512, ephemeral_disk_size: 1024 };
      const ask = (more: object) => t.succeeds('calculate_vm_cloud_properties', [{ ...small, ...more }]);
      const first = JSON.stringify(await ask({}));
      for (const more of [{ cpu: 16 }, { ram: 65_536 }, { ephemeral_disk_size: 512_000 }]) {
        const larger = JSON.stringify(await ask(more));
        t.expect(larger !== first, `other cloud properties for ${JSON.stringify(more)}`, `${larger} for both`);
      }
    },
  },
  {
    id: 'M14.7',
    title: 'Each VM keeps what it was made with when others are made',
    source: 'boti: mixed-up ids',
    needs: { extensions: ['list'] },
    why: 'What list shows is what drift and leak reports compare with.',
    remedy: 'Keep one record for each VM.',
    async check(t) {
      const made = [await t.make.vm(), await t.make.vm()];
      const { vms } = await readListed(t);
      for (const { cid } of made) t.expect(vms.includes(cid), `VM '${cid}' in list`, JSON.stringify(vms));
      t.expect(new Set(vms).size === vms.length, 'each VM once in list', JSON.stringify(vms));
    },
  },
]);
