import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { allVersions, ruleSet } from '../rule.ts';

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
