import { allVersions, ruleSet } from '../rule.ts';
import type { Trial } from '../run/trial.ts';
import type { Answer } from '../target/exchange.ts';
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

/** V3, M2, M3, M14 to M17: VMs. */
export const vmRules = ruleSet({ level: 'live', versions: allVersions, severity: 'MUST', source: createVmStep }, [
  {
    id: 'V3.1',
    title: 'create_vm answers the cid, a text, in version 1',
    versions: [1],
    why: 'Callers of version 1 take the whole result for the cid.',
    remedy: 'Look at api_version of the request: a text in version 1, [cid, networks] from 2 on.',
    async check(t) {
      const cid = await t.succeeds('create_vm', await t.make.vmArguments(), { version: 1 });
      t.expect(typeof cid === 'string' && cid !== '', 'a text', JSON.stringify(cid));
    },
  },
  {
    id: 'V3.2',
    title: 'create_vm answers [cid, networks] in version 2',
    versions: [2],
    why: 'Callers take the first element for the cid and the second for the networks as they came out.',
    remedy: 'Answer a list of the cid and the networks, with the same names as in the request.',
    check: (t) => expectPair(t, 2),
  },
  {
    id: 'V3.3',
    title: 'create_vm answers [cid, networks] in version 3',
    versions: [3],
    why: 'As in version 2.',
    remedy: 'Answer a list of the cid and the networks, with the same names as in the request.',
    check: (t) => expectPair(t, 3),
  },
  {
    id: 'V2.3',
    title: 'create_vm without api_version is of version 1',
    versions: [1],
    why: 'Callers older than version 2 send none, and take the whole result for the cid.',
    remedy: 'Take 1 when the key is missing.',
    async check(t) {
      const cid = await t.succeeds('create_vm', await t.make.vmArguments(), { version: null });
      t.expect(typeof cid === 'string', 'a text', JSON.stringify(cid));
    },
  },
  {
    id: 'M2.1',
    title: 'has_vm is true as soon as create_vm has answered',
    why: 'Directors set metadata and attach disks in the next call. A VM that is not there yet fails them.',
    remedy: 'Wait until the cloud knows the VM before you answer.',
    async check(t) {
      const args = await t.make.vmArguments();
      const result = await t.succeeds('create_vm', args);
      const cid = Array.isArray(result) ? String(result[0]) : String(result);
      await t.expectThere('vm', cid, 'after create_vm');
    },
  },
  {
    id: 'M2.2',
    title: 'Each VM has a cid of its own',
    why: 'Two VMs of one cid are one for the Director: the other is never deleted.',
    remedy: 'Answer the id that the cloud gave, or make one that is unique.',
    async check(t) {
      const [a, b] = [await t.make.vm(), await t.make.vm()];
      t.expect(a.cid !== b.cid, 'two cids', `'${a.cid}' twice`);
    },
  },
  {
    id: 'M2.3',
    title: 'create_vm with a stemcell that is not there fails with StemcellNotFound',
    severity: 'SHOULD',
    why: 'The type tells operators to upload the stemcell again; create-env does so by itself.',
    remedy: 'Look for the stemcell first and answer Bosh::Clouds::StemcellNotFound.',
    async check(t) {
      const args = await t.make.vmArguments({ stemcell: t.unknown('stemcell') });
      await t.refuses('create_vm', args, { types: ['StemcellNotFound'] });
    },
  },
  {
    id: 'M2.4',
    title: 'create_vm that fails leaves no VM behind',
    why: 'The Director does not know of it, so it runs, costs and holds its address for ever.',
    remedy: 'Undo in reverse order what the call has made before you answer the error.',
    when: 'alone',
    needs: { extensions: ['list'] },
    async check(t) {
      const before = await t.listed();
      const bad = [
        await t.make.vmArguments({ stemcell: t.unknown('stemcell') }),
        await t.make.vmArguments({ diskCids: [t.unknown('disk')] }),
        await t.make.vmArguments({ networks: { default: { ...t.make.manual(), ip: 'no address' } } }),
        await t.make.vmArguments({ networks: { default: { ...t.make.manual(), ip: '999.1.2.3' } } }),
      ];
      for (const args of bad) {
        const { answer } = await t.call('create_vm', args);
        if (answer?.error === null) continue;
        const left = await t.newSince(before, 'vm');
        const own = left.filter((cid) => !t.run.ledger.present(t.owner).some((thing) => thing.cid === cid));
        t.expect(own.length === 0, 'no VM after create_vm failed', `VM ${own.join(', ')}`);
      }
    },
  },
  {
    id: 'M2.5',
    title: 'create_vm takes the disks that will be attached, and leaves them alone',
    source: 'bosh bosh-director lib/bosh/director/deployment_plan/steps/create_vm_step.rb',
    why: 'Directors name the disks of an instance when they make its VM anew, so that it comes to where the disks are.',
    remedy: 'Use disk_cids for placement only; attach_disk comes later.',
    async check(t) {
      const disk = await t.make.disk();
      const args = await t.make.vmArguments({ diskCids: [disk] });
      const result = await t.succeeds('create_vm', args);
      const cid = Array.isArray(result) ? String(result[0]) : String(result);
      await t.expectThere('disk', disk, 'after create_vm with its cid');
      if (!t.implements('get_disks')) return;
      t.same(await t.succeeds('get_disks', [cid]), [], 'get_disks before attach_disk');
    },
  },
  {
    id: 'M2.6',
    title: 'create_vm takes null for disk_cids and env',
    severity: 'SHOULD',
    source: 'bosh-cpi-go apiv1/method_create_vm.go',
    why: 'Some callers send null for what they do not have.',
    remedy: 'Take null for an empty list and an empty object.',
    async check(t) {
      const [agentId, stemcell, properties, networks] = await t.make.vmArguments();
      await t.succeeds('create_vm', [agentId, stemcell, properties, networks, null, null]);
    },
  },
  {
    id: 'M2.7',
    title: 'A cid is a short text without white space',
    severity: 'SHOULD',
    source: 'boti: cids are shown in tables and typed by hand',
    why: 'Operators type it: bosh delete-vm CID. The Director keeps it in a column of 255 characters.',
    remedy: 'Keep cids below 255 characters, without blanks and line breaks.',
    async check(t) {
      const { cid } = await t.make.vm();
      t.expect(/^\S{1,255}$/.test(cid), 'at most 255 characters without white space', cid);
    },
  },
  {
    id: 'M2.8',
    title: 'env is taken as it is: nested values, lists, unicode, numbers',
    why: 'env is the agent settings that the operator and the Director agreed upon; a CPI passes it on.',
    remedy: 'Store env as JSON; do not turn it into shell variables or flat tags.',
    async check(t) {
      const env = { deep: { a: [1, 2.5, null, true, { 'ключ “x”': 'значение\n\t"\\' }] }, empty: {}, none: null };
      await t.succeeds('create_vm', await t.make.vmArguments({ env }));
    },
  },
  {
    id: 'M3.1',
    title: 'create_vm with an agent id that was used before makes one VM in the end, not two',
    severity: 'SHOULD',
    mustWith: 'journal',
    why: 'Directors call create_vm again with the same agent id when an answer was lost. The first VM would be nobody’s.',
    remedy: 'Find the VM of the agent id first, and delete it or answer it again.',
    async check(t) {
      const first = await t.make.vm();
      const second = await t.make.vm({ agentId: first.agentId });
      await t.expectThere('vm', second.cid, 'after the second create_vm');
      if (first.cid === second.cid) return;
      await t.expectGone('vm', first.cid, 'after create_vm with the same agent id');
    },
  },
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

async function expectPair(t: Trial, version: number): Promise<void> {
  const args = await t.make.vmArguments();
  const exchange = await t.call('create_vm', args, { version });
  const { error, result } = exchange.answer as Answer;
  t.expect(error === null, 'create_vm to succeed', error?.message ?? '');
  t.expect(Array.isArray(result) && result.length === 2, '[cid, networks]', JSON.stringify(result));
  const [cid, networks] = result as [unknown, unknown];
  t.expect(typeof cid === 'string' && cid !== '', 'a text as the first element', JSON.stringify(cid));
  const isObject = typeof networks === 'object' && networks !== null && !Array.isArray(networks);
  t.expect(isObject, 'an object of networks as the second element', JSON.stringify(networks));
}
