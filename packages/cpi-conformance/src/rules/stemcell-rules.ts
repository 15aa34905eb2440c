import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { allVersions, ruleSet } from '../rule.ts';
import type { Trial } from '../run/trial.ts';

const updateStemcell = 'bosh bosh-director lib/bosh/director/jobs/update_stemcell.rb';

/** V5, M21: stemcells. */
export const stemcellRules = ruleSet(
  { level: 'live', versions: allVersions, severity: 'MUST', source: updateStemcell },
  [
    {
      id: 'V5.1',
      title: 'create_stemcell takes two arguments in versions 1 and 2',
      versions: [1, 2],
      why: 'Callers of these versions send path and cloud properties only.',
      remedy: 'Treat the third argument as optional.',
      async check(t) {
        const [path, properties] = await t.make.stemcellArguments();
        await t.succeeds('create_stemcell', [path, properties]);
      },
    },
    {
      id: 'V5.2',
      title: 'create_stemcell takes tags as a third argument in version 3',
      versions: [3],
      why: 'Directors of version 3 send {"tags": {…}} always.',
      remedy: 'Take the object, and set its tags where your cloud can.',
      async check(t) {
        const [path, properties] = await t.make.stemcellArguments();
        await t.succeeds('create_stemcell', [path, properties, { tags: { team: 'Übung', owner: 'x' } }]);
        await t.succeeds('create_stemcell', [path, properties, { tags: {} }]);
      },
    },
    {
      id: 'V5.3',
      title: 'create_stemcell works without tags in version 3',
      severity: 'SHOULD',
      versions: [3],
      why: 'Not every caller has tags.',
      remedy: 'Treat the third argument as optional.',
      async check(t) {
        const [path, properties] = await t.make.stemcellArguments();
        await t.succeeds('create_stemcell', [path, properties]);
      },
    },
    {
      id: 'M21.1',
      title: 'create_stemcell answers the cid, a text',
      why: 'The Director keeps it and passes it to create_vm for as long as the stemcell is there.',
      remedy: 'Answer the id of the image and nothing else.',
      async check(t) {
        const cid = await t.succeeds('create_stemcell', await t.make.stemcellArguments());
        t.expect(typeof cid === 'string' && cid.trim() !== '', 'a text', JSON.stringify(cid));
      },
    },
    {
      id: 'M21.2',
      title: 'A stemcell can be used for several VMs, and goes on when one of them is deleted',
      why: 'All VMs of a deployment come from one stemcell.',
      remedy: 'Copy from the image; do not hand it over.',
      async check(t) {
        const stemcell = await t.make.ownStemcell();
        const first = await t.make.vm({ stemcell });
        await t.make.vm({ stemcell });
        await t.succeeds('delete_vm', [first.cid]);
        await t.make.vm({ stemcell });
      },
    },
    {
      id: 'M21.3',
      title: 'create_stemcell with an image that cannot be read fails, and says which',
      severity: 'SHOULD',
      why: 'The Director unpacks the image to a folder of its own: the path is what one must know to mend it.',
      remedy: 'Open the file first, and name its path in the error.',
      async check(t) {
        const path = `${t.run.workDir}/no-such-image`;
        const { message } = await t.refuses('create_stemcell', [path, t.config.stemcell.cloud_properties]);
        t.expect(message.includes(path), `a message with ${path}`, message);
      },
    },
    {
      id: 'M21.4',
      title: 'create_stemcell that fails leaves no stemcell behind',
      needs: { extensions: ['list'] },
      why: 'Images are large, and nobody knows of this one.',
      remedy: 'Remove what was uploaded before you answer the error.',
      when: 'alone',
      async check(t) {
        const before = await t.listed();
        await t.refuses('create_stemcell', [`${t.run.workDir}/no-such-image`, t.config.stemcell.cloud_properties]);
        const left = await t.newSince(before, 'stemcell');
        t.expect(left.length === 0, 'no stemcell after create_stemcell failed', left.join(', '));
      },
    },
    {
      id: 'M21.5',
      title: 'create_stemcell leaves the image file as it was',
      severity: 'SHOULD',
      why: 'The Director gives the same file to several CPIs, one after the other.',
      remedy: 'Copy or upload the file; do not move, unpack or change it in place.',
      async check(t) {
        const { path } = await t.run.image();
        const before = await digest(path);
        await t.succeeds('create_stemcell', await t.make.stemcellArguments());
        t.expect((await digest(path)) === before, 'the file as it was', 'it is gone or changed');
      },
    },
    {
      id: 'M21.6',
      title: 'Deleting one stemcell leaves others that were made from the same image',
      severity: 'SHOULD',
      source: 'boti: mixed-up ids',
      why: 'upload-stemcell --fix makes a stemcell again, and deletes the old one.',
      remedy: 'Give each call a stemcell of its own, or count its users.',
      async check(t) {
        const [first, second] = [await t.make.ownStemcell(), await t.make.ownStemcell()];
        if (first === second) t.notApplicable('both calls answered the same stemcell');
        await t.succeeds('delete_stemcell', [first]);
        await t.make.vm({ stemcell: second });
      },
    },
    {
      id: 'M21.7',
      title: 'A stemcell that was deleted is gone: create_vm with it fails',
      why: 'Success would mean that the image is still there, and paid for.',
      remedy: 'Delete the image, and look for it in create_vm.',
      async check(t) {
        const stemcell = await t.make.ownStemcell();
        await t.succeeds('delete_stemcell', [stemcell]);
        await t.refuses('create_vm', await t.make.vmArguments({ stemcell }));
      },
    },
    {
      id: 'M21.8',
      title: 'delete_stemcell leaves VMs that were made from it',
      why: 'A mistake about an image must not take down what runs.',
      remedy: 'Refuse while VMs need the image, or keep what they need.',
      async check(t) {
        const stemcell = await t.make.ownStemcell();
        const { cid } = await t.make.vm({ stemcell });
        await t.call('delete_stemcell', [stemcell]);
        await t.expectThere('vm', cid, 'after delete_stemcell');
      },
    },
  ],
);

async function digest(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path).catch(() => ''))
    .digest('hex');
}

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
      title: 'Each snapshot has a cid of its own',
      why: 'Deleting one must not delete another.',
      remedy: 'Make ids that are unique.',
      async check(t) {
        const disk = await t.make.disk();
        const [a, b] = [await t.make.snapshot(disk), await t.make.snapshot(disk)];
        t.expect(a !== b, 'two cids', `'${a}' twice`);
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

const snapshotMetadata = {
  deployment: 'conformance',
  job: 'web',
  index: 0,
  director_name: 'conformance',
  agent_id: '0f2ba4a3-0f1b-4c43-9d4d-2f2b3b1f7e0e',
};

/** M20: managed networks. */
export const managedNetworkRules = ruleSet(
  {
    level: 'live',
    versions: [2, 3],
    severity: 'MUST',
    source: 'bosh bosh-director lib/bosh/director/deployment_plan/stages/create_network.rb',
    needs: { methods: ['create_network'], config: ['managed'] },
  },
  [
    {
      id: 'M20.1',
      title: 'create_network answers [cid, addresses, cloud properties]',
      why: 'The Director keeps all three: the id to delete it, the range to give addresses, the properties for create_vm.',
      remedy: 'Answer a list of a text and two objects.',
      async check(t) {
        const result = await t.succeeds('create_network', [t.config.managed_network]);
        const [cid, addresses, properties] = Array.isArray(result) ? (result as unknown[]) : [];
        t.expect(typeof cid === 'string' && cid !== '', 'a cid as the first element', JSON.stringify(result));
        t.expect(isObject(addresses), 'an object as the second element', JSON.stringify(result));
        t.expect(isObject(properties), 'an object as the third element', JSON.stringify(result));
      },
    },
    {
      id: 'M20.2',
      title: 'create_network answers range and gateway, those that were asked for where any were',
      why: 'From them the Director gives addresses to VMs.',
      remedy: 'Answer {"range": …, "gateway": …, "reserved": […]} of the network that was made.',
      async check(t) {
        const wanted = t.config.managed_network ?? {};
        const result = await t.succeeds('create_network', [wanted]);
        const addresses = ((result as unknown[])[1] ?? {}) as Readonly<Record<string, unknown>>;
        for (const key of ['range', 'gateway']) {
          t.expect(typeof addresses[key] === 'string', `a text for '${key}'`, JSON.stringify(addresses));
          if (wanted[key] !== undefined) t.same(addresses[key], wanted[key], `'${key}'`);
        }
        const { reserved = [] } = addresses;
        t.expect(Array.isArray(reserved), "a list for 'reserved'", JSON.stringify(reserved));
      },
    },
    {
      id: 'M20.3',
      title: 'Each managed network has a cid of its own',
      why: 'The Director calls create_network once for each subnet, and deletes by cid.',
      remedy: 'Make ids that are unique.',
      async check(t) {
        const cids = [];
        for (let n = 0; n < 2; n += 1) {
          cids.push(((await t.succeeds('create_network', [t.config.managed_network])) as unknown[])[0]);
        }
        t.expect(cids[0] !== cids[1], 'two cids', JSON.stringify(cids));
      },
    },
  ],
);

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
