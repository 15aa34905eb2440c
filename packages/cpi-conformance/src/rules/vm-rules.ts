import { allVersions, ruleSet } from '../rule.ts';
import type { Trial } from '../run/trial.ts';
import type { Answer } from '../target/exchange.ts';

const createVmStep = 'bosh bosh-director lib/bosh/director/deployment_plan/steps/create_vm_step.rb';

/** V3, M2, M3: VMs are made. */
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
